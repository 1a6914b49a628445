using Microsoft.Extensions.Hosting;
using MPanel.Database.Jobs;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineConformance
{
    [Fact]
    public async Task Start_Committed_RunsEveryStepOnceInOrder()
    {
        var host = await Bed.StartHost();

        var chain = await Bed.Start(host);

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal("test.a:done test.b:done test.c:done", await Bed.Records(chain.ChainId));
        Assert.Equal("test.c", await Bed.Scalar<string>("select string_agg(kind, ' ') from records where chain_finished"));
    }

    [Fact]
    public async Task Start_RolledBack_RunsNothing()
    {
        var host = await Bed.StartHost();
        long rolledBack;
        await using (var db = await Bed.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await db.BeginTransactionAsync();
            rolledBack = (await StartChain.Run(transaction, JobTestBed.Chain())).FirstStepId;
            await transaction.RollbackAsync();
        }
        JobTestBed.Wake(host, rolledBack);

        var chain = await Bed.Start(host);

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal(3, await Bed.Scalar<long>("select count(*) from attempts"));
        Assert.Equal(1, await Bed.Scalar<long>("select count(*) from job_chains where kind = 'test'"));
    }

    [Fact]
    public async Task Start_TwiceWithOneKey_FindsTheFirst()
    {
        var host = await Bed.StartHost();

        var first = await Bed.Start(host, key: "order-1");
        var second = await Bed.Start(host, key: "order-1");

        Assert.True(first.Created);
        Assert.Equal(first with { Created = false }, second);
        await Bed.WaitForStates(first.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(first.ChainId));
    }

    [Fact]
    public async Task Dispatch_ManyTimes_RunsOnce()
    {
        var host = await Bed.StartHost();
        var chain = await Bed.Start(by: null);

        for (var i = 0; i < 50; i++)
            JobTestBed.Wake(host, chain.FirstStepId);
        await Bed.WaitForStates(chain.ChainId, "done done done");
        for (var i = 0; i < 50; i++)
            JobTestBed.Wake(host, chain.FirstStepId);
        var last = await Bed.Start(host);

        await Bed.WaitForStates(last.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(chain.ChainId));
    }

    [Fact]
    public async Task Start_ByAProcessThatDiedBeforeItDispatched_IsSwept()
    {
        await Bed.StartHost();

        var chain = await Bed.Start(by: null);

        await Bed.WaitForStates(chain.ChainId, "done done done");
    }

    [Fact]
    public async Task Start_InAProcessWithoutWorkers_RunsInAnother()
    {
        // The sweep is kept out of it: only the dispatch itself can have brought the step over.
        var worker = await Bed.StartProcess("Jobs:DispatchGrace=00:10:00", "Jobs:RedispatchAfter=00:20:00");
        var web = await Bed.StartHost(runsWorkers: false);

        var chain = await Bed.Start(web);

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal(worker.Id, await Bed.Scalar<int>("select distinct process from attempts"));
    }

    [Fact]
    public async Task Steps_OfAChain_RunOnceInOrder()
    {
        var host = await Bed.StartHost();

        var chain = await Bed.Start(host, """{"test.b": ["retry", "done"]}""");

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/2 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal("test.a/1 test.b/1 test.b/2 test.c/1", await Bed.Attempts(chain.ChainId));
    }

    [Fact]
    public async Task ThousandChains_WithAProcessKilledAmongThem_NoneLostOrDoubled()
    {
        const int chains = 1000;
        var web = await Bed.StartHost(runsWorkers: false);
        var killed = await Bed.StartProcess();

        await StartChains(web, 0, 300);
        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from attempts") >= 30,
            () => Task.FromResult("some steps to run")
        );
        killed.Kill();
        await Bed.StartProcess();
        await Bed.StartProcess();
        await StartChains(web, 300, chains);

        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from job_steps where state <> 'done'") == 0,
            async () => $"all done, but {await Bed.Scalar<long>("select count(*) from job_steps where state <> 'done'")} steps are not",
            seconds: 300
        );
        Assert.Equal(
            chains * 3,
            await Bed.Scalar<long>("select count(*) from (select chain_id, kind from effects group by 1, 2 having count(*) = 1) once")
        );
        Assert.Equal(chains * 3, await Bed.Scalar<long>("select count(*) from effects"));
        Assert.NotEqual(1, await Bed.Scalar<long>("select count(distinct process) from attempts"));
    }

    private Task StartChains(IHost web, int from, int to) =>
        Parallel.ForEachAsync(
            Enumerable.Range(from, to - from),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            // Some are left to the sweep.
            async (i, _) => await Bed.Start(i % 50 == 0 ? null : web, key: $"chain-{i}")
        );
}
