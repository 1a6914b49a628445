using MPanel.Database.Jobs;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>How attempts end, and what brings back those that nobody ended.</summary>
public sealed class AttemptTests : IAsyncLifetime
{
    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Theory]
    [InlineData("running", "Processing")]
    [InlineData("waiting", "Scheduled, scheduled")]
    [InlineData("stopped", "Failed")]
    [InlineData("done", "Succeeded")]
    [InlineData("cancelled", "Deleted")]
    [InlineData("ready", "Enqueued, in the queue")]
    public async Task End_InEachState_ShowsItInTheSameTransaction(string state, string shown)
    {
        var job = await _desk.Begun();
        var step = state == "done" ? 6 : 2;

        Assert.True(await _desk.End(job, state, step, TimeSpan.FromHours(1), "code", "Why."));

        Assert.Equal((state, shown), (await _desk.State(job.Id), await _desk.Shown(job.Id)));
        Assert.Equal(step, await _desk.Scalar<int>("select cardinality(took) from outbox"));
    }

    [Theory]
    [InlineData("running")]
    [InlineData("waiting")]
    [InlineData("stopped")]
    [InlineData("done")]
    [InlineData("cancelled")]
    public async Task End_WithAStaleFence_ChangesNothing(string state)
    {
        var first = await _desk.Begun();
        await _desk.Execute("update outbox set leased_until = now()");
        await SweepJobs.Lost(_desk.Connection, OutboxDesk.Face, 10, default);
        var second = Assert.Single(await _desk.Begin());
        var before = await _desk.Everything();

        Assert.False(await _desk.End(first, state, 6, TimeSpan.FromHours(1), "code", "Why."));

        Assert.Equal(before, await _desk.Everything());
        Assert.True(second.LeaseLost);
        Assert.True(await _desk.End(second, "done", 6));
        Assert.False(await _desk.End(second, "done", 6));
    }

    [Fact]
    public async Task Lost_OfALivingLease_LeavesIt()
    {
        await _desk.Begun();

        Assert.Equal(0, await SweepJobs.Lost(_desk.Connection, OutboxDesk.Face, 10, default));
    }

    [Fact]
    public async Task Lost_ByTwoAtOnce_BringsEachBackOnce()
    {
        await _desk.AddMany(40);
        await _desk.HandOverAll();
        await _desk.Begin(40);
        await _desk.Execute("update outbox set leased_until = now() where id % 2 = 0");
        await using var other = await _desk.DataSource.OpenConnectionAsync();

        var brought = await Task.WhenAll(
            SweepJobs.Lost(_desk.Connection, OutboxDesk.Face, 15, default),
            SweepJobs.Lost(other, OutboxDesk.Face, 15, default)
        );

        Assert.Equal(20, brought.Sum() + await SweepJobs.Lost(other, OutboxDesk.Face, 15, default));
        Assert.Equal(20, await _desk.Scalar<long>("select count(*) from hangfire.jobqueue"));
        Assert.Equal(20, await _desk.Scalar<long>("select count(*) from outbox where state = 'ready' and runner is null and spent = 1"));
    }

    [Fact]
    public async Task Renew_OfWhatOneRuns_KeepsThatAndNothingElse()
    {
        var runner = Guid.NewGuid();
        await _desk.AddMany(2);
        await _desk.HandOverAll();
        var mine = Assert.Single(await _desk.Begin(1, runner));
        var others = Assert.Single(await _desk.Begin(1));
        await _desk.Execute("update outbox set leased_until = now()");

        await RenewLeases.Run(_desk.Connection, runner, [mine.Id, others.Id], OutboxDesk.Lease, default);

        Assert.Equal(1, await SweepJobs.Lost(_desk.Connection, OutboxDesk.Face, 10, default));
        Assert.Equal(("running", "ready"), (await _desk.State(mine.Id), await _desk.State(others.Id)));
    }

    [Fact]
    public async Task Due_OfWhatWaited_EnqueuesItOnceItsTimeHasCome()
    {
        var job = await _desk.Begun();
        await _desk.Wait(job, TimeSpan.FromHours(1));
        Assert.Equal(0, await Due());

        await _desk.Execute("update outbox set due_at = now()");

        Assert.Equal(1, await Due());
        Assert.Equal("Enqueued, in the queue", await _desk.Shown(job.Id));
        Assert.Equal(0, await Due());
        Assert.Equal(("waiting", 2), Assert.Single(await _desk.Begin()) is var again ? (again.Was, again.Spent) : default);
    }

    [Fact]
    public async Task Stray_OfReadyWorkInNoQueue_EnqueuesItAfterAMinute()
    {
        var id = await _desk.Add("ORD-1");
        await _desk.HandOverAll();
        await _desk.Execute("delete from hangfire.jobqueue");
        Assert.Equal(0, await Stray());

        await _desk.Execute("update outbox set due_at = now() - interval '2 minutes'");

        Assert.Equal(1, await Stray());
        Assert.Equal("Enqueued, in the queue", await _desk.Shown(id));
        Assert.Equal(0, await Stray());
    }

    [Fact]
    public async Task Orphans_InTheQueue_GoAndTheOthersStay()
    {
        await _desk.AddMany(2);
        await _desk.HandOverAll();
        await _desk.Execute("delete from outbox where id = (select min(id) from outbox)");

        Assert.Equal(1, await SweepJobs.Orphans(_desk.Connection, default));
        Assert.Equal(0, await SweepJobs.Orphans(_desk.Connection, default));
        Assert.Single(await _desk.Begin());
    }

    private Task<int> Due() => SweepJobs.Due(_desk.Connection, OutboxDesk.Face, 10, default);

    private Task<int> Stray() => SweepJobs.Stray(_desk.Connection, OutboxDesk.Face, 10, default);
}
