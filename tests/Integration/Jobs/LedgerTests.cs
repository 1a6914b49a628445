using Dapper;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs;

public sealed class LedgerTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private NpgsqlDataSource _dataSource = null!;
    private NpgsqlConnection _db = null!;

    public async Task InitializeAsync()
    {
        _dataSource = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "ledger-tests");
        _db = await _dataSource.OpenConnectionAsync();
    }

    public async Task DisposeAsync()
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

        var next = await FinishStep.Run(transaction, chain.FirstStepId, Guid.NewGuid(), walk: true, Lease, default);

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
        IReadOnlyList<JobRow> page;
        do
        {
            page = await ListSteps.Run(_db, new StepFilter(Before: seen.Count == 0 ? null : seen[^1].Id, Limit: 3));
            seen.AddRange(page);
        } while (page.Count > 0);

        Assert.Equal(10, seen.Select(s => s.Id).Distinct().Count());
        Assert.Equal(seen.OrderByDescending(s => s.Id), seen);
        Assert.Equal(5, (await ListSteps.Run(_db, new StepFilter("due"))).Count);
        Assert.Equal(["test.b", "test.a"], (await ListSteps.Run(_db, new StepFilter(Search: "CHAIN 3"))).Select(s => s.Kind));
        Assert.Equal(2, (await ChainSteps.OfStep(_db, seen[0].Id)).Count);
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
}
