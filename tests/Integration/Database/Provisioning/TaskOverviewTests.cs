using MPanel.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class TaskOverviewTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Overview_OfAnEmptyPanel_IsZerosAndEmptyLists()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();

        var (sums, hours) = await TaskOverview.LastDay(db);

        Assert.Equal(new TaskThroughput(0, 0, 0), sums);
        Assert.Equal(24, hours.Count);
        Assert.Empty(await TaskOverview.ByServer(db));
        Assert.Empty(await TaskOverview.Running(db, 10));
        Assert.Empty(await TaskOverview.Causes(db, 10));
        Assert.Empty(await TaskList.OldestWaiting(db, 10));
    }

    [Fact]
    public async Task Overview_OfWorkInEveryState_CountsEachWhereItBelongs()
    {
        var server = await _world.Server("busy");
        var done = await Ended(server, "success", "1 minute");
        await Ended(server, "success", "3 hours");
        await Ended(server, "success", "2 days");
        await Ended(server, "failed", "2 hours");
        await Ended(server, "failed", "3 days");
        var running = await _world.HostingTask(server);
        await _world.Claim(server);
        var waiting = await _world.HostingTask(server);
        await using var db = await _world.DataSource.OpenConnectionAsync();

        var (sums, hours) = await TaskOverview.LastDay(db);
        var byServer = Assert.Single(await TaskOverview.ByServer(db));

        Assert.Equal(new TaskThroughput(2, 1, 1), sums);
        Assert.Equal((2, 1), (hours.Sum(h => h.Done), hours.Sum(h => h.Failed)));
        Assert.Equal((1, 1, 2, 2), (byServer.Tasks.Pending, byServer.Tasks.Running, byServer.Tasks.FailedNow, byServer.Tasks.DoneToday));
        Assert.Equal([running], (await TaskOverview.Running(db, 10)).Select(t => t.Id));
        Assert.Equal([waiting], (await TaskList.OldestWaiting(db, 10)).Select(t => t.Id));
        Assert.Equal(("none", 1L), (await TaskOverview.Causes(db, 10)).Select(c => (c.Code, c.Count)).Single());
        Assert.NotEqual(done, running);
    }

    private async Task<long> Ended(long server, string status, string ago)
    {
        var task = await _world.HostingTask(server);
        await _world.Execute(
            """
            update provisioning_tasks
            set status = @status, finished_at = now() - @ago::interval, last_error_code = case @status when 'failed' then 'none' end
            where id = @task
            """,
            new
            {
                task,
                status,
                ago,
            }
        );
        return task;
    }
}
