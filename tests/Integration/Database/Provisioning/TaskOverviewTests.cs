using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class TaskOverviewTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await ProvisioningWorld.Create();

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
        Assert.Equal((1, 1, 2, 2), (byServer.Pending, byServer.Running, byServer.FailedNow, byServer.DoneToday));
        Assert.Equal([running], (await TaskOverview.Running(db, 10)).Select(t => t.Id));
        Assert.Equal([waiting], (await TaskList.OldestWaiting(db, 10)).Select(t => t.Id));
        Assert.Equal(("none", 1L), (await TaskOverview.Causes(db, 10)).Select(c => (c.Code, c.Count)).Single());
        Assert.NotEqual(done, running);
    }

    [Fact]
    public async Task FailedWork_OfTasksAndJobs_IsOneListInTheOrderTheyFailed()
    {
        var server = await _world.Server("node");
        var tasks = new List<long>();
        for (var i = 1; i <= 3; i++)
            tasks.Add(await Ended(server, "failed", $"{2 * i} hours"));
        var jobs = new List<long>();
        for (var i = 1; i <= 3; i++)
            jobs.Add(await FailedJob($"ORD-{i}", $"{2 * i + 1} hours", i == 1 ? "review" : "given_up"));

        var seen = await Walk(new FailedWorkFilter(Tasks: true, Jobs: true));

        Assert.Equal(
            [$"task {tasks[0]}", $"job {jobs[0]}", $"task {tasks[1]}", $"job {jobs[1]}", $"task {tasks[2]}", $"job {jobs[2]}"],
            seen.Select(r => $"{r.What} {r.WorkId}")
        );
        Assert.Equal((null, "node", "none"), (seen[0].Verdict, seen[0].Server, seen[0].ErrorCode));
        Assert.Equal(("review", "ORD-1", 2), (seen[1].Verdict, seen[1].OrderReference, seen[1].Attempts));
        Assert.Equal(3, (await Walk(new FailedWorkFilter(true, false))).Count);
        Assert.Equal(3, (await Walk(new FailedWorkFilter(false, true))).Count);
        Assert.Equal([jobs[0]], (await Walk(new FailedWorkFilter(false, true, "review"))).Select(r => r.WorkId));
        Assert.Equal([jobs[1]], (await Walk(new FailedWorkFilter(true, true, Like: "%ord-2%"))).Select(r => r.WorkId));
        Assert.Equal(3, (await Walk(new FailedWorkFilter(true, true, Code: "boom"))).Count);
        Assert.Empty(await Walk(new FailedWorkFilter(false, false)));
    }

    /// <summary>By slices of two, which must be as many as are counted.</summary>
    private async Task<List<FailedWorkRow>> Walk(FailedWorkFilter filter)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var seen = new List<FailedWorkRow>();
        SliceEdge? edge = null;
        do
        {
            var slice = await FailedWork.Read(db, filter, new SliceRequest(FailedWork.Sorts[0], true, edge, 2));
            seen.AddRange(slice.Rows);
            edge = slice.Next;
        } while (edge is not null);
        Assert.Equal(new ListTotal(seen.Count, true), await FailedWork.Count(db, filter));
        return seen;
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

    private Task<long> FailedJob(string subject, string ago, string verdict) =>
        _world.Scalar<long>(
            """
            with chain as (
                insert into job_chains (kind, dedupe_key, subject, correlation_id) values ('order', @subject, @subject, 'c') returning id
            )
            insert into job_steps (chain_id, position, kind, payload, state, attempt, verdict, last_error_code, last_error, finished_at)
            select id, 1, 'order.payment', '{}', 'failed', 2, @verdict, 'boom', 'It broke.', now() - @ago::interval from chain
            returning id
            """,
            new
            {
                subject,
                ago,
                verdict,
            }
        );
}
