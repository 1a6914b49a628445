using Microsoft.Extensions.Hosting;
using MPanel.Database.Jobs;
using MPanel.Tests.JobWorker;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineTests
{
    [Theory]
    [InlineData(ScriptedChain.ChainKind)]
    [InlineData(ScriptedChain.Together)]
    public async Task Add_Committed_RunsEveryStepOnceInOrder(string kind)
    {
        var host = await Bed.StartHost();

        var job = await Bed.Add(host, kind: kind);

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(job));
        Assert.Equal("test.a:done test.b:done test.c:done", await Bed.Records(job));
        Assert.Equal("test.c", await Bed.Scalar<string>("select string_agg(kind, ' ') from records where finished"));
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Succeeded, test.c Succeeded");
        Assert.Equal(
            "3 3",
            await Bed.Scalar<string>(
                "select string_agg(value::text, ' ') from hangfire.aggregatedcounter where key ~ '^stats:succeeded(:....-..-..)?$'"
            )
        );
    }

    [Fact]
    public async Task Steps_OfOneCommit_AreCommittedTogether()
    {
        var host = await Bed.StartHost();

        var job = await Bed.Add(host, kind: ScriptedChain.Together);

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal(
            "true false",
            await Bed.Scalar<string>(
                """
                select (a.transaction = b.transaction)::text || ' ' || (b.transaction = c.transaction)::text
                from effects a, effects b, effects c where a.kind = 'test.a' and b.kind = 'test.b' and c.kind = 'test.c'
                """
            )
        );
    }

    [Fact]
    public async Task Add_RolledBack_RunsNothing()
    {
        var host = await Bed.StartHost();
        await using (var db = await Bed.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await db.BeginTransactionAsync();
            await AddJob.Run(transaction, JobTestBed.Job());
            await transaction.RollbackAsync();
        }
        JobTestBed.Signal(host);

        var job = await Bed.Add(host);

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal(3, await Bed.Scalar<long>("select count(*) from attempts"));
        Assert.Equal(1, await Bed.Scalar<long>("select count(*) from outbox"));
    }

    [Fact]
    public async Task Add_TwiceWithOneKey_FindsTheFirst()
    {
        var host = await Bed.StartHost();

        var first = await Bed.TryAdd(host, key: "order-1");
        var second = await Bed.TryAdd(host, key: "order-1");

        Assert.True(first.Created);
        Assert.Equal(first with { Created = false }, second);
        await Bed.WaitForStanding(first.Id, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(first.Id));
    }

    [Fact]
    public async Task Queue_WithOneJobManyTimes_RunsItOnce()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.a": ["outlive_lease"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(job) != "", () => Task.FromResult("the step to run"));

        await Bed.Execute("insert into hangfire.jobqueue (jobid, queue) select hangfire_id, 'outbox' from outbox, generate_series(1, 50)");

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(job));
        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from hangfire.jobqueue") == 0,
            () => Task.FromResult("the queue to be empty")
        );
    }

    [Fact]
    public async Task Add_ByAProcessThatDiedBeforeItHandedOver_IsFoundByAnother()
    {
        await Bed.StartHost();

        var job = await Bed.Add(by: null);

        await Bed.WaitForStanding(job, "3 done");
    }

    [Fact]
    public async Task Add_InAProcessWithoutWorkers_RunsInAnother()
    {
        // The others' own look is kept out of it: only the handing over itself can have brought the work over.
        var worker = await Bed.StartProcess("Jobs:SweepInterval=00:01:00");
        var web = await Bed.StartHost(runsWorkers: false);

        var job = await Bed.Add(web);

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal(worker.Id, await Bed.Scalar<int>("select distinct process from attempts"));
    }

    [Fact]
    public async Task Schema_OfHangfireDropped_IsFilledAgainFromTheOutbox()
    {
        var first = await Bed.StartHost();
        var waiting = await Bed.Add(first, """{"test.a": ["retry", "done"]}""");
        var stopped = await Bed.Add(first, """{"test.b": ["review"]}""");
        var done = await Bed.Add(first);
        await Bed.WaitForStanding(done, "3 done");
        await Bed.WaitForStanding(stopped, "1 stopped");
        await Bed.WaitForStanding(waiting, "0 waiting");
        await first.StopAsync();
        await Bed.Execute("update outbox set due_at = now() + interval '1 hour' where state = 'waiting'; drop schema hangfire cascade;");
        var ready = await Bed.Add(by: null);

        await Bed.StartHost();

        await Bed.WaitForStanding(ready, "3 done");
        await Bed.WaitForShown(waiting, "test.a Scheduled");
        await Bed.WaitForShown(stopped, "test.b Failed");
        Assert.Equal("", await Bed.Shown(done));
    }

    [Fact]
    public async Task ThousandJobs_WithAProcessKilledAmongThem_NoneLostOrDoubled()
    {
        const int jobs = 1000;
        var web = await Bed.StartHost(runsWorkers: false);
        var killed = await Bed.StartProcess();

        await AddJobs(web, 0, 300);
        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from attempts") >= 30,
            () => Task.FromResult("some steps to run")
        );
        killed.Kill();
        await Bed.StartProcess();
        await Bed.StartProcess();
        await AddJobs(web, 300, jobs);

        await AllDone(jobs, seconds: 300);
        Assert.NotEqual(1, await Bed.Scalar<long>("select count(distinct process) from attempts"));
    }

    /// <summary>Each step had its effect once, was recorded once, and is shown once.</summary>
    private async Task AllDone(int jobs, int seconds)
    {
        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from outbox where state <> 'done' or shown < step") == 0,
            async () =>
                $"all done, but {await Bed.Scalar<long>("select count(*) from outbox where state <> 'done' or shown < step")} are not",
            seconds
        );
        Assert.Equal(jobs, await Bed.Scalar<long>("select count(*) from outbox"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select count(*) from (select distinct job_id, kind from effects) once"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select count(*) from effects"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select count(*) from records where outcome = 'done'"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select count(distinct arguments) from hangfire.job where statename = 'Succeeded'"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select count(*) from hangfire.job where arguments ->> 0 ~ '^[0-9]+$'"));
        Assert.Equal(jobs * 3, await Bed.Scalar<long>("select value from hangfire.aggregatedcounter where key = 'stats:succeeded'"));
    }

    private Task AddJobs(IHost web, int from, int to) =>
        Parallel.ForEachAsync(
            Enumerable.Range(from, to - from),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            // Some are left to the others' look; half of them commit their first two steps together.
            async (i, _) =>
                await Bed.Add(
                    i % 50 == 0 ? null : web,
                    key: $"job-{i}",
                    kind: i % 2 == 0 ? ScriptedChain.ChainKind : ScriptedChain.Together
                )
        );
}
