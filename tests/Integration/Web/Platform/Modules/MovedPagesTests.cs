using System.Net;
using MPanel.Tests.Integration.Web.Jobs;

namespace MPanel.Tests.Integration.Web.Platform.Modules;

public sealed class MovedPagesTests(JobsPanel panel) : IClassFixture<JobsPanel>
{
    [Theory]
    [InlineData("/jobs", "jobs.view", "/hangfire")]
    [InlineData("/jobs?state=failed", "jobs.view", "/hangfire")]
    [InlineData("/jobs/recurring", "jobs.view", "/hangfire/recurring")]
    [InlineData("/jobs/tasks", "jobs.view", "/hangfire/tasks")]
    [InlineData("/jobs/workers", "jobs.view", "/hangfire/servers")]
    [InlineData("/jobs/0", "jobs.view", "/hangfire")]
    [InlineData("/jobs/9223372036854775807", "jobs.view", "/hangfire")]
    [InlineData("/provisioning/failed", "provisioning.view", "/attention?kind=tasks")]
    [InlineData("/provisioning/failed?what=tasks", "provisioning.view", "/attention?kind=tasks")]
    public async Task Address_OfAPageThatMoved_LeadsOnBehindItsPermission(string from, string permission, string to)
    {
        using var viewer = await panel.Server.SignIn(permission);
        using var other = await panel.Server.SignIn("orders.view", "jobs.manage", "provisioning.retry");
        using var nobody = panel.Server.Pages();

        using var moved = await viewer.GetAsync(from);
        using var refused = await other.GetAsync(from);
        using var sent = await nobody.GetAsync(from);
        using var there = await viewer.GetAsync(to);

        Assert.Equal((HttpStatusCode.Redirect, to), (moved.StatusCode, moved.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.StartsWith("/login?returnUrl=", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
    }

    [Fact]
    public async Task Address_OfAJobThatFailed_LeadsToItOnTheDashboard()
    {
        var (_, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("jobs.view");

        using var moved = await viewer.GetAsync($"/jobs/{job}");

        Assert.Matches("^/hangfire/jobs/details/[0-9]+$", moved.Headers.Location!.OriginalString);
        Assert.Contains("amount_mismatch", await viewer.GetStringAsync(moved.Headers.Location.OriginalString), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/jobs")]
    [InlineData("/jobs/1")]
    [InlineData("/provisioning/failed")]
    public async Task Form_SentToAPageThatMoved_IsNotTaken(string address)
    {
        using var admin = await panel.Server.SignIn("jobs.view", "jobs.manage", "provisioning.view", "provisioning.retry");

        using var answer = await admin.PostForm($"{address}?handler=Cancel", [new("ids", "1")], "/account");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }
}
