using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>Who gets to the dashboard, and what its pages have.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Dashboard_OfAStranger_LeadsToTheLogin()
    {
        using var pages = _panel.Pages();

        using var answer = await pages.GetAsync("/hangfire/jobs/failed");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/login?", answer.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_WithoutThePermission_IsForbidden()
    {
        using var visit = await DashboardVisit.Open(_panel, "orders.view", "jobs.manage");

        using var answer = await visit.Get("/");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Dashboard_OnTheApisPort_IsNotThere()
    {
        using var client = await _panel.Client("jobs.view", "jobs.manage");

        using var answer = await client.GetAsync("/hangfire");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs/enqueued")]
    [InlineData("/jobs/scheduled")]
    [InlineData("/jobs/processing")]
    [InlineData("/jobs/succeeded")]
    [InlineData("/jobs/failed")]
    [InlineData("/jobs/deleted")]
    [InlineData("/recurring")]
    [InlineData("/servers")]
    [InlineData("/tasks")]
    public async Task Page_OfOneWhoMayOnlyLook_IsComplete(string path)
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        var page = await visit.Text(path);

        Assert.Contains("""<html lang="en">""", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="/">""", page, StringComparison.Ordinal);
        Assert.Contains("/hangfire/tasks", page, StringComparison.Ordinal);
        Assert.DoesNotContain("js-jobs-list-command", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Always_HasThePanelsLook()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        var page = await visit.Text("/");
        var styles = Regex.Matches(page, "href=\"/hangfire(/css[^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
        var head = page[..page.IndexOf("</head>", StringComparison.Ordinal)];

        Assert.Equal(2, styles.Count);
        Assert.Contains("text-decoration: underline; }", await visit.Text(styles[0]), StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", await visit.Text(styles[1]), StringComparison.Ordinal);
        Assert.EndsWith("""<script src="/hangfire/panel-look"></script>""", head, StringComparison.Ordinal);
        Assert.Contains("localStorage.getItem(\"theme\")", await visit.Text("/panel-look"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recurring_OfAJob_SaysWhatItDoes()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        await Wait.Until(
            async () =>
                (await visit.Text("/recurring")).Contains("jobs.prune: Forgets jobs that succeeded long ago", StringComparison.Ordinal),
            "the schedules to be made"
        );
    }

    [Fact]
    public async Task Page_ThatDoesNotExist_Is404()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        using var answer = await visit.Get("/no/such/page");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
