using System.Collections.Concurrent;
using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class ClaimTaskTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await ProvisioningWorld.Create();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Run_WithATaskForTheServer_LeasesItAndRecordsAttemptAndTimeline()
    {
        var server = await _world.Server("alpha");
        var order = await _world.Order("claimed.test");
        var task = await _world.Task(order, server, plan: "wp-growth");

        var lease = (await _world.Claim(server))!;

        Assert.Equal((task, 1, 5, "hosting", "create"), (lease.Id, lease.Attempt, lease.MaxAttempts, lease.Type, lease.Action));
        Assert.Equal(("claimed.test", "wp-growth", "corr-task"), (lease.Domain, lease.Plan, lease.CorrelationId));
        Assert.Contains("\"wp-growth\"", lease.Payload, StringComparison.Ordinal);
        var facts = await _world.Facts(task);
        Assert.Equal("in_progress", facts.Status);
        Assert.InRange((facts.LeaseExpiresAt!.Value - facts.ReadAt).TotalSeconds, 30, 60);
        Assert.Equal(
            lease.LeaseToken,
            await _world.Scalar<Guid>("select lease_token from task_attempts where task_id = @task and attempt = 1", new { task })
        );
        Assert.Equal(["task.hosting started"], await _world.Timeline(order.Id));
        Assert.Equal(
            "alpha took hosting of claimed.test",
            await _world.Scalar<string>("select message from timeline where task_id = @task", new { task })
        );
    }

    [Fact]
    public async Task Run_ByTwoAgentsAtOnce_GivesTheTaskToOne()
    {
        var server = await _world.Server();
        await using var first = await _world.DataSource.OpenConnectionAsync();
        await using var second = await _world.DataSource.OpenConnectionAsync();
        for (var round = 0; round < 50; round++)
        {
            await _world.HostingTask(server);

            var claims = await Task.WhenAll(
                ClaimTask.Run(first, server, ["hosting"], ProvisioningWorld.Lease),
                ClaimTask.Run(second, server, ["hosting"], ProvisioningWorld.Lease)
            );

            Assert.Single(claims, c => c is not null);
        }
    }

    [Fact]
    public async Task Run_By50ClaimersOver200TasksOf120Domains_GivesEachTaskOnceAndNeverTwoOfADomain()
    {
        var server = await _world.Server();
        for (var i = 0; i < 200; i++)
            await _world.HostingTask(server, $"crowd{i % 120}.test");
        var claimed = new ConcurrentBag<long>();
        var running = new ConcurrentDictionary<string, bool>();

        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ =>
                {
                    for (var idle = 0; idle < 50 && claimed.Count < 200; )
                    {
                        if (await _world.Claim(server) is not { } lease)
                        {
                            idle++;
                            await Task.Delay(5);
                            continue;
                        }
                        Assert.True(running.TryAdd(lease.Domain, true), $"{lease.Domain} ran twice at once.");
                        claimed.Add(lease.Id);
                        running.TryRemove(lease.Domain, out bool _);
                        await _world.Complete(lease.Id, server, lease.LeaseToken);
                    }
                })
        );

        Assert.Equal(200, claimed.Count);
        Assert.Equal(200, claimed.Distinct().Count());
        Assert.Equal(200, await _world.Scalar<int>("select count(*) from provisioning_tasks where status = 'success' and attempt = 1"));
    }

    [Fact]
    public async Task Run_WhileATaskOfTheDomainRuns_TakesAnotherDomainOrNothing()
    {
        var server = await _world.Server();
        var first = await _world.HostingTask(server, "busy.test");
        await _world.HostingTask(server, "busy.test");
        var other = await _world.HostingTask(server, "free.test");

        var claims = new[] { await _world.Claim(server), await _world.Claim(server), await _world.Claim(server) };

        Assert.Equal([first, other, null], claims.Select(c => c?.Id));
    }

    [Fact]
    public async Task Run_WithADependencyNotDone_WaitsForIt()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var hosting = await _world.Task(order, server);
        var backup = await _world.Task(order, server, "backup", dependsOn: hosting);

        var early = await _world.Claim(server, "backup");
        var first = (await _world.Claim(server, "backup", "hosting"))!;
        await _world.Complete(hosting, server, first.LeaseToken);
        var second = await _world.Claim(server, "backup", "hosting");

        Assert.Null(early);
        Assert.Equal(hosting, first.Id);
        Assert.Equal(backup, second?.Id);
    }

    [Fact]
    public async Task Run_WithADependencyThatFailed_GivesNothing()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var hosting = await _world.Task(order, server);
        await _world.Task(order, server, "backup", dependsOn: hosting);
        var lease = (await _world.Claim(server))!;
        await _world.Complete(hosting, server, lease.LeaseToken, succeeded: false, permanent: true);

        Assert.Null(await _world.Claim(server, "backup", "hosting"));
    }

    [Fact]
    public async Task Run_AcrossTypes_TakesLowerPriorityFirstAndThenOlder()
    {
        var server = await _world.Server();
        var mail = await _world.Task(await _world.Order(), server, "mail");
        var hosting = await _world.Task(await _world.Order(), server);
        var urgent = await _world.Task(await _world.Order(), server, "ssl", priority: 1);

        var claims = new List<long?>();
        for (var i = 0; i < 3; i++)
            claims.Add((await _world.Claim(server, "hosting", "mail", "ssl"))?.Id);

        Assert.Equal([urgent, mail, hosting], claims);
    }

    [Theory]
    [InlineData("draining")]
    [InlineData("maintenance")]
    public async Task Run_ForAServerThatIsNotActive_GivesNothing(string state)
    {
        var server = await _world.Server(state: state);
        await _world.HostingTask(server);

        Assert.Null(await _world.Claim(server));
    }

    [Fact]
    public async Task Run_ForOtherServersOtherTypesOrLaterTasks_GivesNothing()
    {
        var server = await _world.Server();
        var other = await _world.Server();
        await _world.HostingTask(other);
        await _world.Task(await _world.Order(), server, "mail");
        var later = await _world.HostingTask(server);
        await _world.Execute("update provisioning_tasks set available_at = now() + interval '1 minute' where id = @later", new { later });

        Assert.Null(await _world.Claim(server, "hosting", "no such type", "hosting"));
    }
}
