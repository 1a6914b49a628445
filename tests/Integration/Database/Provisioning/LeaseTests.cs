using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class LeaseTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await ProvisioningWorld.Create();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Renew_WithTheLease_LetsItLastFromNow()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server);
        var lease = (await _world.Claim(server))!;
        await _world.ExpireLease(task);

        Assert.Equal(LeaseAnswer.Accepted, await Renew(task, server, lease.LeaseToken));
        Assert.Equal(0, await _world.Reap());
    }

    [Fact]
    public async Task Renew_WithoutTheLease_IsRefused()
    {
        var server = await _world.Server();
        var other = await _world.Server();
        var task = await _world.HostingTask(server);
        var lease = (await _world.Claim(server))!;

        Assert.Equal(LeaseAnswer.StaleLease, await Renew(task, server, Guid.NewGuid()));
        Assert.Equal(LeaseAnswer.NotFound, await Renew(task, other, lease.LeaseToken));
        Assert.Equal(LeaseAnswer.NotFound, await Renew(0, server, lease.LeaseToken));
        await _world.Complete(task, server, lease.LeaseToken);
        Assert.Equal(LeaseAnswer.StaleLease, await Renew(task, server, lease.LeaseToken));
    }

    [Fact]
    public async Task Reap_OfAnExpiredLease_MakesTheTaskClaimableAgain()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server);
        var first = (await _world.Claim(server))!;
        await _world.ExpireLease(task);

        var reaped = await _world.Reap();
        var second = (await _world.Claim(server))!;

        Assert.Equal(1, reaped);
        Assert.Equal((task, 2), (second.Id, second.Attempt));
        Assert.NotEqual(first.LeaseToken, second.LeaseToken);
        Assert.Equal(
            "lease_expired",
            await _world.Scalar<string>("select outcome from task_attempts where task_id = @task and attempt = 1", new { task })
        );
        Assert.Equal(["task.hosting started", "task.hosting retry", "task.hosting started"], await _world.Timeline(order.Id));
    }

    [Fact]
    public async Task Reap_WithAttemptsSpent_FailsTheTask()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server, maxAttempts: 2);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await _world.Claim(server);
            await _world.ExpireLease(task);
            await _world.Reap();
        }

        var facts = await _world.Facts(task);
        Assert.Equal(("failed", "lease_expired"), (facts.Status, facts.LastErrorCode));
    }

    [Fact]
    public async Task Reap_ByTwoAtOnce_TakesEachOnce()
    {
        var server = await _world.Server();
        for (var i = 0; i < 20; i++)
            await _world.HostingTask(server);
        await using var first = await _world.DataSource.OpenConnectionAsync();
        await using var second = await _world.DataSource.OpenConnectionAsync();
        for (var round = 1; round <= 4; round++)
        {
            while (await _world.Claim(server) is not null) { }
            await _world.Execute("update provisioning_tasks set lease_expires_at = now() - interval '1 second'");

            var reaped = await Task.WhenAll(ReapLeases.Run(first, 100), ReapLeases.Run(second, 100));

            Assert.Equal(20, reaped.Sum(r => r.Count()));
            Assert.Equal(20 * round, await _world.Scalar<int>("select count(*) from timeline where outcome = 'retry'"));
        }
    }

    [Fact]
    public async Task Release_GivesTheTaskBackAndCostsNoAttempt()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server, maxAttempts: 1);
        var first = (await _world.Claim(server))!;

        var answer = await Release(task, server, first.LeaseToken);
        var again = await Release(task, server, first.LeaseToken);
        var second = (await _world.Claim(server))!;

        Assert.Equal((LeaseAnswer.Accepted, LeaseAnswer.AlreadyDone), (answer, again));
        Assert.Equal((2, 2), (second.Attempt, second.MaxAttempts));
        Assert.Equal(LeaseAnswer.StaleLease, await Release(task, server, Guid.NewGuid()));
        Assert.Equal(LeaseAnswer.NotFound, await Release(-1, server, second.LeaseToken));
        Assert.Equal(["task.hosting started", "task.hosting released", "task.hosting started"], await _world.Timeline(order.Id));
    }

    private async Task<LeaseAnswer> Renew(long task, long server, Guid token)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return await RenewLease.Run(db, task, server, token, ProvisioningWorld.Lease);
    }

    private async Task<LeaseAnswer> Release(long task, long server, Guid token)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return (await ReleaseTask.Run(db, task, server, token)).Answer;
    }
}
