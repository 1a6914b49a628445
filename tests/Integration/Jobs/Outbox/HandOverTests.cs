using Dapper;
using MPanel.Database.Jobs;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>How work gets to Hangfire, and back to a process.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Add_WithAKeyThatIsThere_FindsTheFirst()
    {
        var first = await _desk.Add("ORD-1", "order:1");

        Assert.Equal(first, await _desk.Add("ORD-2", "order:1"));
        Assert.Equal("ORD-1", await _desk.Scalar<string>("select string_agg(title, ' ') from outbox"));
    }

    [Fact]
    public async Task HandOver_ByFourAtOnce_GivesEachRowToOne()
    {
        await _desk.AddMany(600);

        var handed = await AtOnce(
            4,
            async db =>
            {
                var (all, batch) = (0, 0);
                while ((batch = await HandOver.Run(db, OutboxDesk.Face, 32, default)) > 0)
                    all += batch;
                return all;
            }
        );

        // Who finds the rest locked by the others ends before them.
        Assert.Equal(600, handed.Sum() + await _desk.HandOverAll());
        Assert.Equal(600, await _desk.Scalar<long>("select count(*) from outbox o join hangfire.job j on j.id = o.hangfire_id"));
        Assert.Equal(600, await _desk.Scalar<long>("select count(*) from hangfire.job where statename = 'Enqueued'"));
        Assert.Equal(600, await _desk.Scalar<long>("select count(*) from hangfire.state"));
        Assert.Equal(600, await _desk.Scalar<long>("select count(distinct jobid) from hangfire.jobqueue where queue = 'outbox'"));
        Assert.Equal(600, await _desk.Scalar<long>("select count(*) from hangfire.jobqueue"));
    }

    [Fact]
    public async Task HandOver_BeforeItsTime_LeavesIt()
    {
        await _desk.Add("ORD-1");
        await _desk.Execute("update outbox set due_at = now() + interval '1 minute'");

        Assert.Equal(0, await _desk.HandOverAll());
    }

    [Fact]
    public async Task Forget_OfALostSchema_HandsOverWhatIsNotOverAsItStands()
    {
        var running = await _desk.Begun("running");
        var waiting = await _desk.Begun("waiting");
        var stopped = await _desk.Begun("stopped");
        var done = await _desk.Begun("done");
        var ready = await _desk.Add("ready");
        await _desk.Wait(waiting, TimeSpan.FromHours(1));
        await _desk.Stop(stopped);
        await _desk.End(done, JobState.Done, 6);
        await _desk.Execute("truncate hangfire.job, hangfire.jobqueue, hangfire.set cascade");

        await HandOver.Forget(_desk.Connection);

        Assert.Equal(3, await _desk.HandOverAll());
        Assert.Equal(
            ["Enqueued, in the queue", "Scheduled, scheduled", "Failed"],
            [await _desk.Shown(ready), await _desk.Shown(waiting.Id), await _desk.Shown(stopped.Id)]
        );
        // What ran is handed over when its lease has run out; what is done has no job any more.
        Assert.Equal(1, await SweepLost(running.Id));
        Assert.Equal(1, await _desk.HandOverAll());
        Assert.Equal("Enqueued, in the queue", await _desk.Shown(running.Id));
        Assert.Equal(0, await _desk.Scalar<long>("select count(*) from hangfire.job where statename = 'Succeeded'"));
    }

    [Fact]
    public async Task Begin_ByTenAtOnce_BeginsEachOnce()
    {
        await _desk.AddMany(100);
        await _desk.HandOverAll();

        var begun = await AtOnce(
            10,
            async db =>
            {
                var mine = new List<BegunJob>();
                IReadOnlyList<BegunJob> batch;
                do mine.AddRange(batch = await BeginJobs.Run(db, Guid.NewGuid(), OutboxDesk.Lease, 4, OutboxDesk.Face, default));
                while (batch.Count > 0);
                return mine;
            }
        );

        Assert.Equal(100, begun.Sum(b => b.Count));
        Assert.Equal(100, begun.SelectMany(b => b).Select(b => b.Id).Distinct().Count());
        Assert.All(begun.SelectMany(b => b), b => Assert.Equal((1, 1, 0, "ready"), (b.Attempt, b.Spent, b.Step, b.Was)));
        Assert.Equal(0, await _desk.Scalar<long>("select count(*) from hangfire.jobqueue"));
        Assert.Equal(100, await _desk.Scalar<long>("select count(*) from hangfire.job where statename = 'Processing'"));
    }

    [Fact]
    public async Task Begin_OfMoreThanWanted_LeavesTheRestInTheQueue()
    {
        await _desk.AddMany(5);
        await _desk.HandOverAll();

        var begun = await _desk.Begin(2);

        Assert.Equal(2, begun.Count);
        Assert.Equal(3, await _desk.Scalar<long>("select count(*) from hangfire.jobqueue"));
        Assert.Equal(3, await _desk.Scalar<long>("select count(*) from outbox where state = 'ready'"));
    }

    [Fact]
    public async Task Begin_OfWhatRunsAlready_EmptiesTheQueueAndBeginsNothing()
    {
        var job = await _desk.Begun();
        await _desk.Execute("insert into hangfire.jobqueue (jobid, queue) select hangfire_id, 'outbox' from outbox");

        Assert.Empty(await _desk.Begin());

        Assert.Equal("Processing", await _desk.Shown(job.Id));
        Assert.Equal(1, await _desk.Scalar<int>("select attempt from outbox"));
    }

    [Fact]
    public async Task Begin_OfWhatStopped_BeginsItsStepAnew()
    {
        var job = await _desk.Begun();
        await _desk.Execute("update outbox set spent = 5");
        await _desk.End(job with { Spent = 5 }, JobState.Stopped, 0, code: "code", reason: "Why.");
        await _desk.Execute("insert into hangfire.jobqueue (jobid, queue) select hangfire_id, 'outbox' from outbox");

        var again = Assert.Single(await _desk.Begin());

        Assert.Equal(("stopped", 2, 1), (again.Was, again.Attempt, again.Spent));
    }

    private async Task<int> SweepLost(long id)
    {
        await _desk.Execute("update outbox set leased_until = now() where id = @id", new { id });
        return await SweepJobs.Lost(_desk.Connection, OutboxDesk.Face, 100, default);
    }

    private async Task<T[]> AtOnce<T>(int count, Func<Npgsql.NpgsqlConnection, Task<T>> run) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(async _ =>
                {
                    await using var db = await _desk.DataSource.OpenConnectionAsync();
                    return await run(db);
                })
        );
}
