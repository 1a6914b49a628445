using System.Net.Http.Json;
using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Web.Agents;

namespace MPanel.Tests.Integration.Web.Provisioning;

public sealed class TaskRoutesTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private const string Tasks = "/api/admin/provisioning/tasks";

    [Fact]
    public async Task List_ByStatus_PagesThroughTheFailedOnes()
    {
        var agent = await panel.Agent();
        var failed = new List<long>();
        for (var i = 0; i < 3; i++)
            failed.Add(await Failed(agent));
        await panel.World.HostingTask(agent.ServerId);
        using var admin = await panel.Server.Client("provisioning.view");

        var seen = new List<long>();
        var cursor = "";
        do
        {
            var page = await admin.GetFromJsonAsync<JsonElement>($"{Tasks}?status=failed&pageSize=1&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetInt64()));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);

        Assert.Equal(Enumerable.Reverse(failed), seen.Where(failed.Contains));
    }

    [Fact]
    public async Task List_WithUnknownStatusOrCursor_Returns400()
    {
        using var admin = await panel.Server.Client("provisioning.view");

        foreach (
            var query in new[]
            {
                "?status=broken",
                "?cursor=x",
                "?pageSize=0",
                "?pageSize=201",
                "?cursor=-1",
                "?sort=plan",
                "?type=none",
                "?website=x",
                "?status=failed&status=pending",
            }
        )
            Assert.Equal(400, (int)(await admin.GetAsync(Tasks + query)).StatusCode);
    }

    [Fact]
    public async Task One_WithAttemptsAndLog_ShowsThem()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, [new(1, DateTimeOffset.UnixEpoch, "error", "nginx: no")]));
        await agent.Fail(task, lease);
        using var admin = await panel.Server.Client("provisioning.view");

        var shown = await admin.GetFromJsonAsync<JsonElement>($"{Tasks}/{task}");

        Assert.Equal("pending", shown.GetProperty("task").GetProperty("status").GetString());
        Assert.Equal($"{agent.Name}, whose agent has never reported", shown.GetProperty("task").GetProperty("waitingFor").GetString());
        Assert.Equal("failed", shown.GetProperty("attempts")[0].GetProperty("outcome").GetString());
        Assert.Equal("nginx: no", shown.GetProperty("log")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Retry_OfAFailedTask_Returns200AndIsAudited()
    {
        var task = await Failed(await panel.Agent());
        using var admin = await panel.Server.Client("provisioning.retry");

        using var retried = await admin.PostAsync($"{Tasks}/{task}/retry", null);
        using var again = await admin.PostAsync($"{Tasks}/{task}/retry", null);

        Assert.Equal((200, 409), ((int)retried.StatusCode, (int)again.StatusCode));
        Assert.Equal("not_retryable", (await Answer.Of(again)).Code);
        Assert.Equal("pending", await panel.World.Status(task));
        Assert.Equal(
            "api_key failed pending",
            await panel.World.Scalar<string>(
                "select actor_kind || ' ' || (before->>'status') || ' ' || (after->>'status') from audit_entries where action = 'task.retried' and subject = @subject",
                new { subject = $"task {task}" }
            )
        );
    }

    [Fact]
    public async Task Cancel_OfARunningTask_TakesItFromItsAgent()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        using var admin = await panel.Server.Client("provisioning.retry");

        using var cancelled = await admin.PostAsync($"{Tasks}/{task}/cancel", null);
        using var again = await admin.PostAsync($"{Tasks}/{task}/cancel", null);

        Assert.Equal((200, 409), ((int)cancelled.StatusCode, (int)again.StatusCode));
        Assert.Equal("stale_lease", (await agent.Succeed(task, lease)).Code);
        Assert.Equal(
            1,
            await panel.World.Scalar<int>(
                "select count(*) from audit_entries where action = 'task.cancelled' and subject = @subject",
                new { subject = $"task {task}" }
            )
        );
    }

    [Fact]
    public async Task AnyRoute_OfAnUnknownTask_Returns404()
    {
        using var admin = await panel.Server.Client("provisioning.view", "provisioning.retry");

        Assert.Equal(404, (int)(await admin.GetAsync($"{Tasks}/{long.MaxValue}")).StatusCode);
        Assert.Equal(404, (int)(await admin.PostAsync($"{Tasks}/0/retry", null)).StatusCode);
        Assert.Equal(404, (int)(await admin.PostAsync($"{Tasks}/-1/cancel", null)).StatusCode);
        Assert.Equal(404, (int)(await admin.GetAsync($"{Tasks}/x")).StatusCode);
    }

    [Fact]
    public async Task AnyRoute_WithoutItsPermission_Returns403AndChangesNothing()
    {
        var task = await Failed(await panel.Agent());
        using var viewer = await panel.Server.Client("provisioning.view");
        using var retrier = await panel.Server.Client("provisioning.retry");

        Assert.Equal(403, (int)(await viewer.PostAsync($"{Tasks}/{task}/retry", null)).StatusCode);
        Assert.Equal(403, (int)(await viewer.PostAsync($"{Tasks}/{task}/cancel", null)).StatusCode);
        Assert.Equal(403, (int)(await retrier.GetAsync(Tasks)).StatusCode);
        Assert.Equal(403, (int)(await retrier.GetAsync($"{Tasks}/{task}")).StatusCode);
        Assert.Equal("failed", await panel.World.Status(task));
    }

    private async Task<long> Failed(Agent agent)
    {
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true);
        return task;
    }
}
