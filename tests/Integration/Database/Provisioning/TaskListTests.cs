using MPanel.Database.Provisioning;
using MPanel.Database.Servers;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class TaskListTests : IAsyncLifetime
{
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);
    private ProvisioningWorld _world = null!;

    public async Task InitializeAsync() => _world = await ProvisioningWorld.Create();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Page_ByKeyset_WalksAllTasksNewestFirst()
    {
        var server = await _world.Server();
        var ids = new List<long>();
        for (var i = 0; i < 7; i++)
            ids.Add(await _world.HostingTask(server));
        await using var db = await _world.DataSource.OpenConnectionAsync();

        var seen = new List<long>();
        long? before = null;
        while ((await TaskList.Page(db, "pending", before, 3)).ToList() is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(t => t.Id));
            before = page[^1].Id;
        }

        Assert.Equal(Enumerable.Reverse(ids), seen);
        Assert.Equal((7, 0), (await TaskList.Count(db, "pending"), await TaskList.Count(db, "failed")));
        Assert.Empty(await TaskList.Page(db, "failed", null, 10));
        Assert.Equal(7, (await TaskList.Page(db, null, null, 10)).Count());
    }

    [Fact]
    public async Task WaitingFor_AlongATasksWay_SaysWhatIsInTheWay()
    {
        var server = await _world.Server("honest");
        var order = await _world.Order("honest.test");
        var hosting = await _world.Task(order, null);
        var mail = await _world.Task(order, server, "mail", dependsOn: hosting);

        Assert.Equal("a server with room", await Waiting(hosting));
        Assert.Equal("hosting of honest.test", await Waiting(mail));
        await _world.Execute("update provisioning_tasks set server_id = @server where id = @hosting", new { server, hosting });
        Assert.Equal("honest, whose agent has never reported", await Waiting(hosting));
        await Beat(server);
        Assert.Equal("honest", await Waiting(hosting));
        var lease = (await _world.Claim(server))!;
        Assert.Null(await Waiting(hosting));
        await _world.Complete(hosting, server, lease.LeaseToken);
        Assert.Equal("a node that can do mail", await Waiting(mail));
        await _world.Execute("update servers set state = 'draining' where id = @server", new { server });
        Assert.Equal("honest is draining", await Waiting(mail));
    }

    [Fact]
    public async Task WaitingFor_AnOfflineServerOrARunningNeighbour_NamesIt()
    {
        var server = await _world.Server("gone");
        var order = await _world.Order("gone.test");
        var first = await _world.Task(order, server);
        var second = await _world.Task(order, server, plan: "wp-growth");
        await Beat(server);
        var lease = (await _world.Claim(server))!;

        Assert.Equal("hosting of gone.test, which is running", await Waiting(second));
        await _world.Complete(first, server, lease.LeaseToken, succeeded: false);
        Assert.StartsWith("retry at 20", await Waiting(first), StringComparison.Ordinal);
        await _world.Execute("update server_heartbeats set received_at = '2026-01-02 03:04:05+00'");
        Assert.Equal("gone, offline since 2026-01-02T03:04:05Z", await Waiting(second));
    }

    [Fact]
    public async Task OfOrder_ReturnsItsTasksInTheirOrder()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var hosting = await _world.Task(order, server);
        var mail = await _world.Task(order, server, "mail");
        await _world.HostingTask(server);
        await using var db = await _world.DataSource.OpenConnectionAsync();

        Assert.Equal([hosting, mail], (await TaskList.OfOrder(db, order.Id)).Select(t => t.Id));
    }

    [Fact]
    public async Task OpenTasks_CountsWhatIsNotDone()
    {
        var server = await _world.Server();
        for (var i = 0; i < 4; i++)
            await _world.HostingTask(server);
        var done = (await _world.Claim(server))!;
        await _world.Complete(done.Id, server, done.LeaseToken);
        var failed = (await _world.Claim(server))!;
        await _world.Complete(failed.Id, server, failed.LeaseToken, succeeded: false, permanent: true);
        await _world.Claim(server);
        await using var db = await _world.DataSource.OpenConnectionAsync();

        var open = (await OpenTasks.ByStatus(db)).ToDictionary(o => o.Status, o => o.Count);

        Assert.Equal((1L, 1L, 1L), (open["pending"], open["in_progress"], open["failed"]));
    }

    private async Task<string?> Waiting(long task) => WaitingFor.Of(await _world.Facts(task), OfflineAfter);

    private async Task Beat(long server)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await Heartbeat.Run(db, server, 0, new NewHeartbeat("1.0", ["hosting"], 2, "{}"));
    }
}
