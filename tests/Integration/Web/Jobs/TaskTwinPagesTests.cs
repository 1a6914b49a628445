using System.Net;
using MPanel.Tests.Integration.Web.Worker;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

/// <summary>Provisioning tasks among the jobs of the panel's own pages: what Hangfire's dashboard shows, on any engine.</summary>
public sealed class TaskTwinPagesTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly string[] Everything = ["jobs.view", "jobs.manage", "provisioning.view", "provisioning.retry"];

    [Fact]
    public async Task Twin_FollowsItsTaskFromWaitingToDone()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        using var viewer = await panel.Server.SignIn("jobs.view", "provisioning.view");

        Assert.Contains($">waiting for {agent.Name}<", await List(viewer, agent), StringComparison.Ordinal);
        Assert.Matches("Create hosting of [^ ]+ \\(ORD-", await List(viewer, agent));

        var lease = (await agent.Claim())!.LeaseToken;
        Assert.Contains($">processing on {agent.Name}<", await List(viewer, agent), StringComparison.Ordinal);

        await agent.Succeed(task, lease);
        Assert.Contains(">succeeded<", await List(viewer, agent), StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"ids\"", await List(viewer, agent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryAgain_OfAFailedTwin_MakesTheTaskPendingAndIsAudited()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent);
        using var admin = await panel.Server.SignIn(Everything);
        var failed = $"/jobs/tasks?status=failed&server={agent.Name}";
        var shown = await admin.GetStringAsync(failed);
        Assert.Contains("nginx said no.", shown, StringComparison.Ordinal);
        Assert.Contains(">failed<", shown, StringComparison.Ordinal);

        using var retried = await admin.PostForm("/jobs/tasks?handler=Retry&status=failed", [new("ids", $"{task}")], failed);

        Assert.Equal("/jobs/tasks?status=failed", retried.Headers.Location?.OriginalString);
        Assert.Equal("pending", await panel.World.Status(task));
        Assert.Equal(1, await Audited("task.retried", task));
        Assert.Contains("No tasks match", await admin.GetStringAsync(failed), StringComparison.Ordinal);
        Assert.NotNull(await agent.Claim());
    }

    [Fact]
    public async Task GiveUp_OfTwins_CancelsTasksAndSaysWhichWereRefused()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        using var admin = await panel.Server.SignIn(Everything);

        using var cancelled = await admin.PostForm("/jobs/tasks?handler=Cancel", [new("ids", $"{task}"), new("ids", "0")], "/jobs/tasks");

        var html = await List(admin, agent);
        Assert.Contains("1 is cancelled.", html, StringComparison.Ordinal);
        Assert.Contains("There is no task 0.", html, StringComparison.Ordinal);
        Assert.Contains(">cancelled<", html, StringComparison.Ordinal);
        Assert.Equal("cancelled", await panel.World.Status(task));
        Assert.Equal(1, await Audited("task.cancelled", task));
        Assert.Null(await agent.Claim());
    }

    [Fact]
    public async Task Twins_ByPermission_AreShownAndDecidedOrRefused()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent);
        using var jobs = await panel.Server.SignIn("jobs.view", "jobs.manage");
        using var tasks = await panel.Server.SignIn("provisioning.view", "provisioning.retry");
        using var viewer = await panel.Server.SignIn("jobs.view", "jobs.manage", "provisioning.view");
        using var admin = await panel.Server.SignIn(Everything);

        foreach (var page in new[] { "/jobs/tasks", "/jobs/tasks?handler=Csv" })
        {
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await jobs.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await tasks.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.OK), (page, (await viewer.GetAsync(page)).StatusCode));
        }
        Assert.DoesNotContain("/jobs/tasks", await jobs.GetStringAsync("/jobs"), StringComparison.Ordinal);
        foreach (var address in new[] { "/jobs/tasks?handler=Retry", "/jobs/tasks?handler=Cancel" })
        {
            using var refused = await viewer.PostForm(address, [new("ids", $"{task}")], "/jobs/tasks");
            using var forged = await admin.PostAsync(address, new FormUrlEncodedContent([new("ids", $"{task}")]));
            Assert.Equal((address, 403, 400), (address, (int)refused.StatusCode, (int)forged.StatusCode));
        }
        Assert.Equal("failed", await panel.World.Status(task));
    }

    [Fact]
    public async Task Csv_OfAFailedTwin_HasNameStateAndError()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent);
        using var viewer = await panel.Server.SignIn("jobs.view", "provisioning.view");

        var rows = (await viewer.GetStringAsync($"/jobs/tasks?handler=Csv&status=failed&server={agent.Name}")).Split("\r\n");

        Assert.StartsWith($"{task},Create hosting of ", rows[1], StringComparison.Ordinal);
        Assert.Contains(",failed,ORD-", rows[1], StringComparison.Ordinal);
        Assert.Contains($",{agent.Name},1,nginx_config_invalid,nginx said no.,", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tabs_OfOneWhoMaySeeTasks_LeadToThem()
    {
        await Failed(await panel.Agent());
        using var viewer = await panel.Server.SignIn("jobs.view", "provisioning.view");

        var html = await viewer.GetStringAsync("/jobs");

        Assert.Contains("href=\"/jobs/tasks\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/jobs/tasks?status=failed\"", html, StringComparison.Ordinal);
    }

    private static Task<string> List(PagesClient viewer, Agent agent) => viewer.GetStringAsync($"/jobs/tasks?server={agent.Name}");

    private async Task<long> Failed(Agent agent)
    {
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true);
        return task;
    }

    private Task<long> Audited(string action, long task) =>
        panel.World.Scalar<long>(
            "select count(*) from audit_entries where action = @action and subject = @subject",
            new { action, subject = $"task {task}" }
        );
}
