using System.Net;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>Provisioning tasks on the dashboard: what agents do is seen there, and what is done there reaches the tasks.</summary>
public sealed class TaskTwinTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly string[] Everything = ["jobs.view", "jobs.manage", "provisioning.retry"];

    [Fact]
    public async Task Twin_FollowsItsTaskFromWaitingToDone()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await Shows(task, $"Waiting for {agent.Name}");

        var lease = (await agent.Claim())!.LeaseToken;
        await Shows(task, "Processing");
        Assert.Equal(agent.Name, await StateData(task, "ServerId"));

        await agent.Succeed(task, lease);
        await Shows(task, "Succeeded");
        Assert.Equal(1, await Scalar<long>("select count(*) from task_twins where task_id = @task", task));
    }

    [Fact]
    public async Task Twin_OfATaskThatWillBeTriedAgain_WaitsAndSaysWhy()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, message: "nginx said maybe");

        await Shows(task, $"Waiting for {agent.Name}", reason: "nginx said maybe");
    }

    [Fact]
    public async Task Requeue_OfAFailedTwin_RetriesTheTaskAndIsAudited()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent, "nginx said no");
        Assert.Contains("nginx said no", await StateData(task, "ExceptionMessage"), StringComparison.Ordinal);
        using var visit = await DashboardVisit.Open(panel.Server, Everything);

        var answer = await visit.Press("requeue", await Twin(task));

        Assert.Equal(HttpStatusCode.NoContent, answer);
        Assert.Equal("pending", await panel.World.Status(task));
        Assert.Equal($"Waiting for {agent.Name}", await State(task));
        Assert.Equal(
            $"user {visit.Pages.Email} failed pending",
            await panel.World.Scalar<string>(
                """
                select actor_kind || ' ' || actor_name || ' ' || (before->>'status') || ' ' || (after->>'status')
                from audit_entries where action = 'task.retried' and subject = @subject
                """,
                new { subject = $"task {task}" }
            )
        );
        Assert.NotNull(await agent.Claim());
    }

    [Fact]
    public async Task Retry_InThePanel_TakesTheTwinOffTheFailedOnes()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent);
        using var admin = await panel.Server.Client("provisioning.retry");

        using var retried = await admin.PostAsync($"/api/admin/provisioning/tasks/{task}/retry", null);

        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        await Shows(task, $"Waiting for {agent.Name}");
    }

    [Fact]
    public async Task Delete_OfAWaitingTwin_CancelsTheTask()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await Shows(task, $"Waiting for {agent.Name}");
        using var visit = await DashboardVisit.Open(panel.Server, Everything);

        var answer = await visit.Press("delete", await Twin(task));

        Assert.Equal(HttpStatusCode.NoContent, answer);
        Assert.Equal("cancelled", await panel.World.Status(task));
        Assert.Equal("Deleted", await State(task));
        Assert.Null(await agent.Claim());
    }

    [Fact]
    public async Task Delete_OfAFailedTwin_CancelsTheTask()
    {
        var task = await Failed(await panel.Agent());
        using var visit = await DashboardVisit.Open(panel.Server, Everything);

        await visit.Press("delete", await Twin(task));

        Assert.Equal(("cancelled", "Deleted"), (await panel.World.Status(task), await State(task)));
    }

    [Fact]
    public async Task Delete_OfATwinAtWork_TakesTheLeaseFromTheAgent()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        await Shows(task, "Processing");
        using var visit = await DashboardVisit.Open(panel.Server, Everything);

        await visit.Press("delete", await Twin(task));

        Assert.Equal(("cancelled", "Deleted"), (await panel.World.Status(task), await State(task)));
        Assert.Equal((409, "stale_lease"), await agent.Succeed(task, lease) is var late ? (late.Status, late.Code) : default);
    }

    [Fact]
    public async Task Cancel_InThePanel_DeletesTheTwin()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await Shows(task, $"Waiting for {agent.Name}");
        using var admin = await panel.Server.Client("provisioning.retry");

        using var cancelled = await admin.PostAsync($"/api/admin/provisioning/tasks/{task}/cancel", null);

        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await Shows(task, "Deleted");
    }

    [Fact]
    public async Task ClaimAndCompletion_WhileTheDashboardsTablesAreLocked_GoOn()
    {
        var agent = await panel.Agent();
        long task;
        await using (var db = await panel.Server.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await db.BeginTransactionAsync();
            await Dapper.SqlMapper.ExecuteAsync(db, "lock table hangfire.job, hangfire.state, task_twins in access exclusive mode");
            task = await panel.World.HostingTask(agent.ServerId);

            var lease = (await agent.Claim())!.LeaseToken;

            Assert.Equal(200, (await agent.Succeed(task, lease)).Status);
        }
        await Shows(task, "Succeeded");
    }

    [Fact]
    public async Task Requeue_OfATwinAtWork_ChangesNothing()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        await Shows(task, "Processing");
        using var visit = await DashboardVisit.Open(panel.Server, Everything);

        await visit.Press("requeue", await Twin(task));

        Assert.Equal("Processing", await State(task));
        Assert.Equal(200, (int)(await agent.Succeed(task, lease)).Status);
    }

    [Theory]
    [InlineData("jobs.view", "jobs.manage")]
    [InlineData("jobs.view", "provisioning.retry")]
    public async Task Requeue_ByOneWhoMayNot_ChangesNothing(params string[] permissions)
    {
        var task = await Failed(await panel.Agent());
        using var visit = await DashboardVisit.Open(panel.Server, permissions);

        var answer = await visit.Press("requeue", await Twin(task));

        Assert.NotEqual(HttpStatusCode.NoContent, answer);
        Assert.Equal(("failed", "Failed"), (await panel.World.Status(task), await State(task)));
    }

    [Fact]
    public async Task TasksPage_ListsWhatWaitsForAServer()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await Shows(task, $"Waiting for {agent.Name}");
        using var visit = await DashboardVisit.Open(panel.Server, "jobs.view", "provisioning.view", "orders.view");

        var page = await visit.Text("/tasks");

        Assert.Matches("""data-metric="tasks:waiting" class="[^"]*metric-info[^"]*">[1-9]""", page);
        Assert.Contains($"Waiting for {agent.Name}", page, StringComparison.Ordinal);
        Assert.Contains($"jobs/details/{await Twin(task)}", page, StringComparison.Ordinal);
        var details = await visit.Text($"/jobs/details/{await Twin(task)}");
        Assert.Contains("Create hosting of ", details, StringComparison.Ordinal);
        foreach (var html in new[] { page, details })
        {
            Assert.Contains($"<a href=\"/provisioning/tasks/{task}\">", html, StringComparison.Ordinal);
            Assert.Contains($"<a href=\"/orders/{await OrderOf(task)}\">", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ServersPage_ListsAgentsThatReport()
    {
        var agent = await panel.Agent();
        await agent.Post(
            WorkerRoutes.Heartbeat,
            new HeartbeatRequest("1.0.0", ["hosting", "hosting-2"], 4, new NodeMetrics(1, 1, 1, 1, 8, 4, 8, 4, 0, 0, 60))
        );
        using var visit = await DashboardVisit.Open(panel.Server, "jobs.view");

        var page = "";
        await Wait.Until(
            async () => (page = await visit.Text("/servers")).Contains(agent.Name, StringComparison.OrdinalIgnoreCase),
            "the agent to be listed"
        );

        Assert.DoesNotContain("<td>-1</td>", page, StringComparison.Ordinal);
    }

    private Task<string> OrderOf(long task) =>
        panel.World.Scalar<string>(
            "select o.reference from provisioning_tasks t join orders o on o.id = t.order_id where t.id = @task",
            new { task }
        );

    private async Task<long> Failed(Agent agent, string message = "nginx said no.")
    {
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true, message);
        await Shows(task, "Failed");
        return task;
    }

    private async Task Shows(long task, string state, string reason = "")
    {
        await Wait.Until(async () => await State(task) == state, $"the twin of task {task} to show {state}");
        Assert.Contains(
            reason,
            await Scalar<string?>(
                "select s.reason from task_twins w join hangfire.job j on j.id = w.hangfire_id join hangfire.state s on s.id = j.stateid where w.task_id = @task",
                task
            ) ?? "",
            StringComparison.Ordinal
        );
    }

    private Task<string?> State(long task) =>
        Scalar<string?>("select j.statename from task_twins w join hangfire.job j on j.id = w.hangfire_id where w.task_id = @task", task);

    private Task<string> StateData(long task, string name) =>
        panel.World.Scalar<string>(
            "select s.data ->> @name from task_twins w join hangfire.job j on j.id = w.hangfire_id join hangfire.state s on s.id = j.stateid where w.task_id = @task",
            new { task, name }
        );

    private Task<string> Twin(long task) => Scalar<string>("select hangfire_id::text from task_twins where task_id = @task", task);

    private Task<T> Scalar<T>(string sql, long task) => panel.World.Scalar<T>(sql, new { task });
}
