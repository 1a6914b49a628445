using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class TaskListTests : IAsyncLifetime
{
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("created", false)]
    [InlineData("created", true)]
    [InlineData("domain", true)]
    public async Task Read_SliceBySlice_ShowsEveryTaskOnceInOrder(string sort, bool descending)
    {
        var server = await _world.Server();
        var expected = new List<long>();
        for (var i = 0; i < 7; i++)
            expected.Add(await _world.HostingTask(server, $"{(char)('a' + i)}.test"));
        if (descending)
            expected.Reverse();
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var column = TaskList.Sorts.Single(s => s.Key == sort);

        var seen = new List<long>();
        SliceEdge? edge = null;
        do
        {
            var slice = await TaskList.Read(db, new TaskFilter("%"), new SliceRequest(column, descending, edge, 3));
            seen.AddRange(slice.Rows.Select(t => t.Id));
            edge = slice.Next;
        } while (edge is not null);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Read_WithFilters_FindsWhatFitsAllOfThemAndCountsIt()
    {
        var (first, second) = (await _world.Server("north"), await _world.Server("south"));
        var order = await _world.Order("filter.test");
        var website = await _world.Website(order, first);
        var hosting = await _world.Task(order, first, websiteId: website);
        var mail = await _world.Task(order, second, "mail");
        await _world.Execute("update provisioning_tasks set status = 'failed', finished_at = now() where id = @mail", new { mail });
        await _world.HostingTask(first);

        Assert.Equal([hosting], await Ids(new TaskFilter(Server: "north", Like: "%FILTER%")));
        Assert.Equal([mail], await Ids(new TaskFilter(Status: "failed")));
        Assert.Equal([mail], await Ids(new TaskFilter(Type: "mail", Order: order.Reference)));
        Assert.Equal([hosting], await Ids(new TaskFilter(Website: website)));
        Assert.Empty(await Ids(new TaskFilter(Server: "nowhere")));
        Assert.Empty(await Ids(new TaskFilter(Order: "ORD-0")));
        Assert.Empty(await Ids(new TaskFilter(Status: "failed", Type: "hosting")));
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

    /// <summary>What the list has, which must be as many as it counts.</summary>
    private async Task<List<long>> Ids(TaskFilter filter)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var slice = await TaskList.Read(db, filter, new SliceRequest(TaskList.Sorts[0], true, null, 50));
        Assert.Equal(new ListTotal(slice.Rows.Count, true), await TaskList.Count(db, filter));
        return [.. slice.Rows.Select(t => t.Id)];
    }

    private async Task<string?> Waiting(long task) => WaitingFor.Of(await _world.Facts(task), OfflineAfter);

    private async Task Beat(long server)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await Heartbeat.Run(db, server, 0, new NewHeartbeat("1.0", ["hosting"], 2, "{}"));
    }
}
