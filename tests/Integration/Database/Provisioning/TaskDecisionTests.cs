using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class TaskDecisionTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;
    private long _server;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        _server = await _world.Server();
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Retry_OfAFailedTask_MakesItClaimableWithAllAttempts()
    {
        var order = await _world.Order();
        var task = await _world.Task(order, _server, maxAttempts: 2);
        for (var i = 0; i < 2; i++)
        {
            await _world.Complete(task, _server, (await _world.Claim(_server))!.LeaseToken, succeeded: false);
            await _world.EndBackoff(task);
        }
        Assert.Equal("failed", await _world.Status(task));

        var decision = await Retry(task);
        var lease = (await _world.Claim(_server))!;

        Assert.Equal(Decided(true, true, "failed", "pending"), decision);
        Assert.Equal((3, 4), (lease.Attempt, lease.MaxAttempts));
        Assert.Contains("task.hosting resumed", await _world.Timeline(order.Id));
    }

    [Fact]
    public async Task Retry_OfATaskInBackoff_EndsTheWait()
    {
        var task = await _world.HostingTask(_server);
        await _world.Complete(task, _server, (await _world.Claim(_server))!.LeaseToken, succeeded: false);
        Assert.Null(await _world.Claim(_server));

        var decision = await Retry(task);

        Assert.Equal(Decided(true, true, "pending", "pending"), decision);
        Assert.Equal(task, (await _world.Claim(_server))?.Id);
    }

    [Fact]
    public async Task Retry_InAnyOtherState_IsRefused()
    {
        var task = await _world.HostingTask(_server);
        Assert.Equal(Decided(true, false, "pending", "pending"), await Retry(task));
        var lease = (await _world.Claim(_server))!;
        Assert.Equal(Decided(true, false, "in_progress", "in_progress"), await Retry(task));
        await _world.Complete(task, _server, lease.LeaseToken);
        Assert.Equal(Decided(true, false, "success", "success"), await Retry(task));
        Assert.Equal(Decided(false, false, null, null), await Retry(-5));
    }

    [Fact]
    public async Task Retry_WhileAnotherTaskForTheSameIsOpen_IsRefused()
    {
        var task = await _world.HostingTask(_server);
        await _world.Complete(task, _server, (await _world.Claim(_server))!.LeaseToken, succeeded: false, permanent: true);
        await _world.Execute(
            """
            insert into provisioning_tasks 
                (order_id, subscription_id, subject_kind, subject_id, type, action, domain, server_role, payload, correlation_id)
            select order_id, subscription_id, subject_kind, subject_id, type, action, domain, server_role, payload, correlation_id
            from provisioning_tasks where id = @task
            """,
            new { task }
        );

        Assert.Equal(Decided(true, false, "failed", "failed"), await Retry(task));
    }

    [Fact]
    public async Task Cancel_OfARunningTask_TakesTheLeaseAwayAndFreesTheDomain()
    {
        var order = await _world.Order();
        var task = await _world.Task(order, _server);
        var next = await _world.Task(order, _server, plan: "wp-growth");
        var lease = (await _world.Claim(_server))!;

        var decision = await Cancel(task);

        Assert.Equal(Decided(true, true, "in_progress", "cancelled"), decision);
        Assert.Equal(LeaseAnswer.StaleLease, (await _world.Complete(task, _server, lease.LeaseToken)).Answer);
        Assert.Equal("cancelled", await _world.Scalar<string>("select outcome from task_attempts where task_id = @task", new { task }));
        Assert.Equal(next, (await _world.Claim(_server))?.Id);
        Assert.Contains("task.hosting cancelled", await _world.Timeline(order.Id));
    }

    [Fact]
    public async Task Cancel_OfWhatIsDone_IsRefused()
    {
        var task = await _world.HostingTask(_server);
        await _world.Complete(task, _server, (await _world.Claim(_server))!.LeaseToken);

        Assert.Equal(Decided(true, false, "success", "success"), await Cancel(task));
        Assert.Equal(Decided(false, false, null, null), await Cancel(long.MaxValue));
    }

    [Fact]
    public async Task Cancel_OfTheLastOpenTask_SettlesTheOrderAndRetryReopensIt()
    {
        var order = await _world.Order();
        var done = await _world.Task(order, _server);
        var unwanted = await _world.Task(order, _server, type: "mail", plan: "professional-mail");
        await _world.Complete(done, _server, (await _world.Claim(_server))!.LeaseToken);
        Assert.Equal("provisioning", await OrderStatus(order));

        await Cancel(unwanted);
        var settled = await OrderStatus(order);
        var decision = await Retry(unwanted);

        Assert.Equal("completed", settled);
        Assert.Equal(Decided(true, true, "cancelled", "pending"), decision);
        Assert.Equal("provisioning", await OrderStatus(order));
    }

    [Fact]
    public async Task Cancel_OfAllTasks_CancelsTheOrder()
    {
        var order = await _world.Order();
        var first = await _world.Task(order, _server);
        var second = await _world.Task(order, _server, type: "mail", plan: "professional-mail");

        await Cancel(first);
        Assert.Equal("provisioning", await OrderStatus(order));
        await Cancel(second);

        Assert.Equal("cancelled", await OrderStatus(order));
    }

    [Fact]
    public async Task Complete_OfTheLastTaskBesideACancelledOne_CompletesTheOrder()
    {
        var order = await _world.Order();
        var task = await _world.Task(order, _server);
        await Cancel(await _world.Task(order, _server, type: "mail", plan: "professional-mail"));

        await _world.Complete(task, _server, (await _world.Claim(_server))!.LeaseToken);
        await _world.FollowUp(task);

        Assert.Equal("completed", await OrderStatus(order));
    }

    private Task<string> OrderStatus(PaidOrder order) =>
        _world.Scalar<string>("select status from orders where id = @Id", new { order.Id });

    /// <summary>Without who is to be told of it.</summary>
    private static (bool, bool, string?, string?) Decided(bool found, bool changed, string? before, string? after) =>
        (found, changed, before, after);

    private Task<(bool, bool, string?, string?)> Retry(long task) => Decide(t => RetryTask.Run(t, task, "ops@example.net", "corr"));

    private Task<(bool, bool, string?, string?)> Cancel(long task) => Decide(t => CancelTask.Run(t, task, "ops@example.net", "corr"));

    private async Task<(bool, bool, string?, string?)> Decide(Func<NpgsqlTransaction, Task<TaskDecision>> decide)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var decision = await decide(transaction);
        await transaction.CommitAsync();
        return Decided(decision.Found, decision.Changed, decision.Before, decision.After);
    }
}
