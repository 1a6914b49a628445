using Dapper;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs;

public sealed class LedgerTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private NpgsqlDataSource _dataSource = null!;
    private NpgsqlConnection _db = null!;

    public async ValueTask InitializeAsync()
    {
        _dataSource = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "ledger-tests");
        _db = await _dataSource.OpenConnectionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        await _dataSource.DisposeAsync();
    }

    [Fact]
    public async Task Claim_ByManyAtOnce_LeasesOnce()
    {
        var chain = await Start("one");

        var claims = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(async _ =>
                {
                    await using var db = await _dataSource.OpenConnectionAsync();
                    return await ClaimStep.Run(db, chain.FirstStepId, Lease, default);
                })
        );

        var claimed = Assert.Single(claims, c => c is not null)!;
        Assert.Equal((1, false, "one", """{"n": 1}"""), (claimed.Attempt, claimed.LeaseLost, claimed.Subject, claimed.Payload));
    }

    [Fact]
    public async Task Claim_WhileTheRowIsLocked_Waits()
    {
        var chain = await Start("one");
        await using var db = await _dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("update job_steps set dispatched_at = now()", transaction: transaction);

        var claim = ClaimStep.Run(_db, chain.FirstStepId, Lease, default);
        await transaction.CommitAsync();

        Assert.NotNull(await claim);
    }

    [Fact]
    public async Task Claim_BeforeItsTime_FindsNothing()
    {
        var chain = await Start("one");
        await _db.ExecuteAsync("update job_steps set run_at = now() + interval '1 minute'");

        Assert.Null(await ClaimStep.Run(_db, chain.FirstStepId, Lease, default));
    }

    [Fact]
    public async Task MarkDispatched_OfAStepThatWasTriedMeanwhile_LeavesItToTheSweep()
    {
        var chain = await Start("one");
        var claimed = await ClaimStep.Run(_db, chain.FirstStepId, Lease, default);
        await using (var transaction = await _db.BeginTransactionAsync())
        {
            await RetryStepLater.Run(transaction, chain.FirstStepId, claimed!.LeaseToken, TimeSpan.Zero, "code", "message");
            await transaction.CommitAsync();
        }

        await MarkDispatched.Run(_db, [chain.FirstStepId], default);

        var swept = await SweepSteps.Run(_db, grace: TimeSpan.Zero, redispatch: TimeSpan.FromHours(1), limit: 10, default);
        Assert.Equal(chain.FirstStepId, Assert.Single(swept).Id);
    }

    [Fact]
    public async Task Finish_WithAnotherLease_ChangesNothing()
    {
        var chain = await Start("one");
        await ClaimStep.Run(_db, chain.FirstStepId, Lease, default);
        await using var transaction = await _db.BeginTransactionAsync();

        var next = await FinishStep.Run(transaction, chain.FirstStepId, Guid.NewGuid(), default);

        Assert.Null(next);
        Assert.Equal("running waiting", await States());
    }

    [Fact]
    public async Task Settle_WithAnotherLease_ChangesNothing()
    {
        var chain = await Start("one");
        await ClaimStep.Run(_db, chain.FirstStepId, Lease, default);
        await using var transaction = await _db.BeginTransactionAsync();

        Assert.Null(await RetryStepLater.Run(transaction, chain.FirstStepId, Guid.NewGuid(), Lease, "code", "message"));
        Assert.False(await StopForReview.Run(transaction, chain.FirstStepId, Guid.NewGuid(), "code", "message"));
        Assert.False(await GiveUpStep.Run(transaction, chain.FirstStepId, Guid.NewGuid(), 1, "code", "message"));
        Assert.False(await ReleaseStep.Run(_db, chain.FirstStepId, Guid.NewGuid()));
        Assert.Equal("running waiting", await States());
    }

    [Fact]
    public async Task Sweep_ByTwoAtOnce_GivesEachStepToOne()
    {
        for (var i = 0; i < 20; i++)
            await Start($"chain {i}");
        await using var other = await _dataSource.OpenConnectionAsync();

        var swept = await Task.WhenAll(Sweep(_db, 15), Sweep(other, 15));
        var later = await Sweep(_db, 100);

        var all = swept.SelectMany(s => s).Concat(later).Select(s => s.Id).ToList();
        Assert.Equal(20, all.Count);
        Assert.Equal(20, all.Distinct().Count());
        Assert.Empty(await Sweep(_db, 100));
    }

    [Fact]
    public async Task Sweep_OfALostLease_BringsTheStepBack()
    {
        var chain = await Start("one");
        await ClaimStep.Run(_db, chain.FirstStepId, Lease, default);
        Assert.Empty(await Sweep(_db, 100));

        await _db.ExecuteAsync("update job_steps set lease_expires_at = now() where state = 'running'");

        Assert.Equal(chain.FirstStepId, Assert.Single(await Sweep(_db, 100)).Id);
        Assert.True((await ClaimStep.Run(_db, chain.FirstStepId, Lease, default))!.LeaseLost);
    }

    [Fact]
    public async Task List_PageAfterPage_ShowsEachStepOnce()
    {
        for (var i = 0; i < 5; i++)
            await Start($"chain {i}");

        var seen = new List<JobRow>();
        SliceEdge? edge = null;
        do
        {
            var slice = await ListSteps.Read(_db, new StepFilter(), new SliceRequest(ListSteps.Sorts[0], true, edge, 3));
            seen.AddRange(slice.Rows);
            edge = slice.Next;
        } while (edge is not null);

        Assert.Equal(10, seen.Select(s => s.Id).Distinct().Count());
        Assert.Equal(seen.OrderByDescending(s => s.Id), seen);
        Assert.Equal(["test.b", "test.a"], await Kinds(new StepFilter(Like: "%CHAIN 3%")));
        Assert.Equal(2, (await ChainSteps.OfStep(_db, seen[0].Id)).Count);
    }

    [Fact]
    public async Task List_ByState_HasEachStepWhereItStands()
    {
        await Start("due");
        var late = await Start("late");
        await _db.ExecuteAsync("update job_steps set run_at = now() + interval '1 hour' where id = @FirstStepId", late);
        var running = await Start("running");
        await ClaimStep.Run(_db, running.FirstStepId, Lease, default);
        var failed = await Start("failed");
        var claimed = (await ClaimStep.Run(_db, failed.FirstStepId, Lease, default))!;
        await using (var transaction = await _db.BeginTransactionAsync())
        {
            await GiveUpStep.Run(transaction, claimed.Id, claimed.LeaseToken, 1, "code", "message");
            await transaction.CommitAsync();
        }

        Assert.Equal(["test.a"], await Kinds(new StepFilter("enqueued")));
        Assert.Equal(["late"], await Subjects(new StepFilter("scheduled")));
        Assert.Equal(["late", "due"], await Subjects(new StepFilter("due")));
        Assert.Equal(["running", "late", "due"], await Subjects(new StepFilter("waiting")));
        Assert.Equal(["running"], await Subjects(new StepFilter("running")));
        Assert.Equal(["failed"], await Subjects(new StepFilter("failed")));
        Assert.Equal(["test.b"], await Kinds(new StepFilter("cancelled")));
        Assert.Empty(await Subjects(new StepFilter("done")));
        Assert.Equal(4, (await Subjects(new StepFilter(Kind: "test.b"))).Length);
        Assert.Empty(await Subjects(new StepFilter(ChainKind: "none")));
    }

    [Fact]
    public async Task Workers_ThatReport_StandInTheListUntilTheyAreForgotten()
    {
        var report = new WorkerReport(Guid.NewGuid(), "host-a", 1, ["web", "jobs"], "Hangfire", 8, 0);
        var gone = report with { Id = Guid.NewGuid(), Host = "host-b" };
        await JobWorkers.Report(_db, gone, default);
        await JobWorkers.Report(_db, report, default);
        await JobWorkers.Report(_db, report with { Running = 3 }, default);
        await _db.ExecuteAsync("update job_workers set seen_at = now() - interval '1 minute' where host = 'host-b'");

        var workers = (await JobWorkers.Read(_db, TimeSpan.FromSeconds(10))).ToList();

        Assert.Equal([("host-a", 3, true), ("host-b", 0, false)], workers.Select(w => (w.Host, w.Running, w.Alive)));
        await _db.ExecuteAsync("update job_workers set seen_at = now() - interval '2 days' where host = 'host-b'");
        await JobWorkers.Report(_db, report, default);
        Assert.Equal(["host-a"], (await JobWorkers.Read(_db, TimeSpan.FromSeconds(10))).Select(w => w.Host));
        await JobWorkers.Remove(_db, report.Id);
        Assert.Empty(await JobWorkers.Read(_db, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Count_OfSeveralStates_CountsEach()
    {
        await Start("due");
        var late = await Start("late");
        var running = await Start("running");
        await _db.ExecuteAsync("update job_steps set run_at = now() - interval '1 minute' where id = @FirstStepId", late);
        await ClaimStep.Run(_db, running.FirstStepId, Lease, default);

        var counts = await QueueCounts.Run(_db, default);

        Assert.Equal((2, 0, 1, 0, 0), (counts.Due, counts.Scheduled, counts.Running, counts.Review, counts.GivenUp));
        Assert.True(counts.LagSeconds >= 60);
    }

    [Fact]
    public async Task Prune_OfOldChains_KeepsWhatFailedOrIsOpen()
    {
        var done = await Start("done");
        var failed = await Start("failed");
        await Start("open");
        var recent = await Start("recent");
        await _db.ExecuteAsync(
            """
            update job_steps set state = 'done', finished_at = now() - interval '10 days' where chain_id = @Done;
            update job_steps set state = 'done', finished_at = now() where chain_id = @Recent;
            update job_steps set state = 'cancelled', finished_at = now() - interval '10 days' where chain_id = @Failed;
            update job_steps set state = 'failed', verdict = 'given_up' where chain_id = @Failed and position = 1;
            """,
            new
            {
                Done = done.ChainId,
                Recent = recent.ChainId,
                Failed = failed.ChainId,
            }
        );

        Assert.Equal(1, await PruneChains.Run(_db, TimeSpan.FromDays(9), 100, default));
        Assert.Equal(["failed", "open", "recent"], await _db.QueryAsync<string>("select subject from job_chains order by id"));
    }

    private async Task<StartedChain> Start(string subject)
    {
        await using var transaction = await _db.BeginTransactionAsync();
        var started = await StartChain.Run(
            transaction,
            new NewChain("test", Guid.NewGuid().ToString(), subject, "correlation", """{"n": 1}""", ["test.a", "test.b"])
        );
        await transaction.CommitAsync();
        return started;
    }

    private static Task<IReadOnlyList<SweptStep>> Sweep(NpgsqlConnection db, int limit) =>
        SweepSteps.Run(db, TimeSpan.Zero, TimeSpan.FromMinutes(1), limit, default);

    private async Task<string> States() =>
        (await _db.ExecuteScalarAsync<string>("select string_agg(state, ' ' order by chain_id, position) from job_steps"))!;

    private async Task<string[]> Subjects(StepFilter filter) => [.. (await List(filter)).Select(s => s.Subject)];

    private async Task<string[]> Kinds(StepFilter filter) => [.. (await List(filter)).Select(s => s.Kind)];

    /// <summary>What the list has, which must be as many as it counts.</summary>
    private async Task<IReadOnlyList<JobRow>> List(StepFilter filter)
    {
        var slice = await ListSteps.Read(_db, filter, new SliceRequest(ListSteps.Sorts[0], true, null, 50));
        Assert.Equal(new ListTotal(slice.Rows.Count, true), await ListSteps.Count(_db, filter));
        return slice.Rows;
    }
}
