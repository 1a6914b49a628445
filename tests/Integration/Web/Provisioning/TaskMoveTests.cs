using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Web.Agents;

namespace MPanel.Tests.Integration.Web.Provisioning;

public sealed class TaskMoveTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private const string Tasks = "/api/admin/provisioning/tasks";

    [Fact]
    public async Task Move_OfAWaitingTask_IsAuditedOnceAndTheOtherAgentGetsIt()
    {
        var (from, to) = (await panel.Agent(), await panel.Agent());
        var task = await panel.World.HostingTask(from.ServerId);
        using var admin = await panel.Server.Client("provisioning.retry");

        using var moved = await admin.PostAsJsonAsync($"{Tasks}/{task}/move", new { server = to.Name });
        using var again = await admin.PostAsJsonAsync($"{Tasks}/{task}/move", new { server = to.Name });

        Assert.Equal((200, 200), ((int)moved.StatusCode, (int)again.StatusCode));
        Assert.Equal(to.Name, (await moved.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("server").GetString());
        Assert.Null(await from.Claim());
        Assert.Equal(task, (await to.Claim())!.Id);
        Assert.Equal(
            $"{from.Name} {to.Name}",
            await panel.World.Scalar<string>(
                """
                select string_agg((before ->> 'server') || ' ' || (after ->> 'server'), ', ')
                from audit_entries where action = 'task.moved' and subject = @subject
                """,
                new { subject = $"task {task}" }
            )
        );
    }

    [Fact]
    public async Task Move_WhereItCantGo_SaysWhyAndChangesNothing()
    {
        var (from, full) = (await panel.Agent(), await panel.Agent(capacity: 0));
        var resting = await panel.Agent(state: "maintenance");
        var order = await panel.World.Order();
        var website = await panel.World.Website(order, from.ServerId);
        var task = await panel.World.Task(order, from.ServerId, websiteId: website);
        var running = await panel.World.HostingTask(full.ServerId);
        await full.Claim();

        Assert.Equal((400, "validation_failed"), await Refusal(task, ""));
        Assert.Equal((422, "unknown_server"), await Refusal(task, "nowhere"));
        Assert.Equal((422, "server_unfit"), await Refusal(task, resting.Name));
        Assert.Equal((409, "server_full"), await Refusal(task, full.Name));
        Assert.Equal((409, "not_movable"), await Refusal(running, from.Name));
        Assert.Equal((404, "not_found"), await Refusal(long.MaxValue, from.Name));
        Assert.Equal(from.ServerId, await panel.World.Scalar<long>("select server_id from websites where id = @website", new { website }));
        Assert.Equal(
            0,
            await panel.World.Scalar<int>(
                "select count(*) from audit_entries where action = 'task.moved' and subject = @subject",
                new { subject = $"task {task}" }
            )
        );
    }

    [Fact]
    public async Task RetryMany_OfFailedAndOthers_SaysOfEachWhatBecameOfIt()
    {
        var agent = await panel.Agent();
        var failed = new List<long> { await Failed(agent), await Failed(agent) };
        var waiting = await panel.World.HostingTask(agent.ServerId);
        using var admin = await panel.Server.Client("provisioning.retry");

        var answer = await Retry(admin, [.. failed, waiting, failed[0], long.MaxValue]);
        var replayed = await Retry(admin, [.. failed]);

        Assert.Equal(failed, answer.GetProperty("done").EnumerateArray().Select(i => i.GetInt64()));
        Assert.Equal(
            [$"{waiting} not_retryable", $"{long.MaxValue} not_found"],
            answer.GetProperty("refused").EnumerateArray().Select(r => $"{r.GetProperty("id")} {r.GetProperty("code").GetString()}")
        );
        Assert.Equal(("pending", "pending"), (await panel.World.Status(failed[0]), await panel.World.Status(failed[1])));
        Assert.Equal(0, replayed.GetProperty("done").GetArrayLength());
        Assert.Equal(2, replayed.GetProperty("refused").GetArrayLength());
    }

    [Fact]
    public async Task RetryMany_OfNothingOrTooMany_Returns400()
    {
        using var admin = await panel.Server.Client("provisioning.retry");

        foreach (var body in new[] { "{}", """{"ids":null}""", """{"ids":[]}""", """{"ids":["x"]}""" })
            using (var answer = await admin.PostAsync($"{Tasks}/retry", new StringContent(body, null, "application/json")))
                Assert.Equal((400, body), ((int)answer.StatusCode, body));
        using var many = await admin.PostAsJsonAsync($"{Tasks}/retry", new { ids = Enumerable.Range(1, 501) });
        Assert.Equal("validation_failed", (await Answer.Of(many)).Code);
    }

    [Fact]
    public async Task MoveAndRetryMany_WithoutTheirPermission_Return403()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent);
        using var viewer = await panel.Server.Client("provisioning.view");

        Assert.Equal(403, (int)(await viewer.PostAsJsonAsync($"{Tasks}/{task}/move", new { server = agent.Name })).StatusCode);
        Assert.Equal(403, (int)(await viewer.PostAsJsonAsync($"{Tasks}/retry", new { ids = new[] { task } })).StatusCode);
        Assert.Equal("failed", await panel.World.Status(task));
    }

    private async Task<(int, string?)> Refusal(long task, string server)
    {
        using var admin = await panel.Server.Client("provisioning.retry");
        using var response = await admin.PostAsJsonAsync($"{Tasks}/{task}/move", new { server });
        var answer = await Answer.Of(response);
        return (answer.Status, answer.Code);
    }

    private static async Task<JsonElement> Retry(HttpClient admin, long[] ids)
    {
        using var answer = await admin.PostAsJsonAsync($"{Tasks}/retry", new { ids });
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<long> Failed(Agent agent)
    {
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true);
        return task;
    }
}
