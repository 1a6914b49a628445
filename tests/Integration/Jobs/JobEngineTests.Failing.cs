using MPanel.Tests.JobWorker;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineTests
{
    [Fact]
    public async Task Retry_FollowsItsScheduleBeforeTheNextStep()
    {
        var host = await Bed.StartHost();

        var job = await Bed.Add(host, """{"test.a": ["retry", "throw", "done"]}""");

        await Bed.WaitForShown(job, "test.a Scheduled");
        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.a/2 test.a/3 test.b/1 test.c/1", await Bed.Attempts(job));
        Assert.Equal("test.a/3 test.b/1 test.c/1", await Bed.Effects(job));
        Assert.Equal("test.a:retry test.a:retry test.a:done test.b:done test.c:done", await Bed.Records(job));
        Assert.Equal(
            "asked_to_retry invalid_data_exception",
            await Bed.Scalar<string>("select string_agg(code, ' ' order by id) from records where code is not null")
        );
        Assert.True(
            await Bed.Scalar<bool>(
                """
                select max(at) filter (where attempt = 2) - max(at) filter (where attempt = 1) >= interval '1 second'
                   and max(at) filter (where attempt = 3) - max(at) filter (where attempt = 2) >= interval '2 seconds'
                from attempts where kind = 'test.a'
                """
            ),
            "An attempt came before its delay was over."
        );
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Succeeded, test.c Succeeded");
        Assert.Equal(0, await Bed.Scalar<long>("select count(*) from hangfire.set where key = 'schedule'"));
    }

    [Fact]
    public async Task Attempts_Spent_StopItUntilItIsRetriedByHand()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.b": ["retry"]}""");

        await Bed.WaitForStanding(job, "1 stopped");
        var stopped = await Bed.Row(job);
        Assert.Equal((3, "asked_to_retry"), (stopped.Spent, stopped.Code));
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Failed");

        await Bed.Execute("update outbox set payload = '{}'");
        var changed = await JobTestBed.ByHand(host, (jobs, actor) => jobs.Retry(actor, job));

        Assert.Equal("test.b", changed?.Kind);
        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(job));
        Assert.Equal(
            "test.a:done test.b:retry test.b:retry test.b:given_up test.b:resumed test.b:done test.c:done",
            await Bed.Records(job)
        );
        Assert.Equal("anna", await Bed.Scalar<string>("select actor from records where outcome = 'resumed'"));
        Assert.Null(await JobTestBed.ByHand(host, (jobs, actor) => jobs.Retry(actor, job)));
    }

    [Fact]
    public async Task Close_ByVerdict_IsFinalAndNeedsNobody()
    {
        var host = await Bed.StartHost();

        var job = await Bed.Add(host, """{"test.b": ["close"]}""");

        await Bed.WaitForStanding(job, "1 cancelled");
        Assert.Equal("test.a/1", await Bed.Effects(job));
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Deleted");
        Assert.Null(await JobTestBed.ByHand(host, (jobs, actor) => jobs.Retry(actor, job)));
    }

    [Fact]
    public async Task Review_StopsItUntilResumed()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.b": ["review", "done"]}""");

        await Bed.WaitForStanding(job, "1 stopped");
        Assert.Equal("asked_for_review", (await Bed.Row(job)).Code);
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Failed");
        Assert.Equal(
            "Enqueued Processing Failed",
            await Bed.Scalar<string>(
                $"""
                select string_agg(s.name, ' ' order by s.id) from hangfire.state s join outbox o on o.hangfire_id = s.jobid where o.id = {job}
                """
            )
        );

        await Bed.Execute("update outbox set payload = '{}'");
        await JobTestBed.ByHand(host, (jobs, actor) => jobs.Retry(actor, job));

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(job));
    }

    [Fact]
    public async Task Hurry_OfWhatWaits_TriesItAtOnce()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.a": ["retry", "done"]}""");
        await Bed.WaitForStanding(job, "0 waiting");
        await Bed.Execute("update outbox set due_at = now() + interval '1 hour'");

        Assert.NotNull(await JobTestBed.ByHand(host, (jobs, actor) => jobs.Hurry(actor, job)));

        await Bed.WaitForStanding(job, "3 done");
    }

    [Fact]
    public async Task Requeue_BehindTheEnginesBack_ResumesIt()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.b": ["review"]}""");
        await Bed.WaitForStanding(job, "1 stopped");
        await Bed.Execute("update outbox set payload = '{}'");

        await Bed.Execute("insert into hangfire.jobqueue (jobid, queue) select hangfire_id, 'outbox' from outbox");

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a:done test.b:review test.b:resumed test.b:done test.c:done", await Bed.Records(job));
    }

    [Fact]
    public async Task Queue_WithAJobThatIsOver_IsEmptiedAndNothingRuns()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host);
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Succeeded, test.c Succeeded");

        await Bed.Execute(
            """
            update hangfire.job set statename = 'Enqueued' where id = (select hangfire_id from outbox);
            insert into hangfire.jobqueue (jobid, queue) select hangfire_id, 'outbox' from outbox;
            """
        );

        await Bed.WaitForShown(job, "test.a Succeeded, test.b Succeeded, test.c Succeeded");
        Assert.Equal(0, await Bed.Scalar<long>("select count(*) from hangfire.jobqueue"));
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(job));
    }

    [Fact]
    public async Task Cancel_WhileWaitingForARetry_RunsNothingMore()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.a": ["retry", "done"]}""");
        await Bed.WaitForStanding(job, "0 waiting");

        await JobTestBed.ByHand(host, (jobs, actor) => jobs.Cancel(actor, job));
        var retriedAsLong = await Bed.Add(host, """{"test.a": ["retry", "done"]}""");

        await Bed.WaitForStanding(retriedAsLong, "3 done");
        Assert.Equal("0 cancelled", await Bed.Standing(job));
        Assert.Equal("test.a/1", await Bed.Attempts(job));
        Assert.Equal("test.a:retry test.a:cancelled", await Bed.Records(job));
        Assert.Equal("test.a Deleted", await Bed.Shown(job));
    }

    [Fact]
    public async Task Cancel_WhileAStepRuns_UndoesWhatItWrites()
    {
        var host = await Bed.StartHost();
        var job = await Bed.Add(host, """{"test.a": ["outlive_lease"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(job) != "", () => Task.FromResult("the step to run"));

        await JobTestBed.ByHand(host, (jobs, actor) => jobs.Cancel(actor, job));

        await host.StopAsync();
        Assert.Equal("0 cancelled", await Bed.Standing(job));
        Assert.Equal("", await Bed.Effects(job));
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("throw")]
    [InlineData("sql_error")]
    public async Task Failure_OfAStepThatSharesItsCommit_KeepsTheStepBeforeIt(string behaviour)
    {
        var host = await Bed.StartHost();

        var job = await Bed.Add(host, $$"""{"test.b": ["{{behaviour}}", "done"]}""", kind: ScriptedChain.Together);

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.b/2 test.c/1", await Bed.Attempts(job));
        Assert.Equal("test.a/1 test.b/2 test.c/1", await Bed.Effects(job));
        Assert.Equal("test.a:done test.b:retry test.b:done test.c:done", await Bed.Records(job));
    }

    [Fact]
    public async Task Connection_LostInAStepThatSharesItsCommit_RunsBothAgain()
    {
        var host = await Bed.StartHost(settings: Short);
        var job = await Bed.Add(host, """{"test.b": ["hang", "done"]}""", kind: ScriptedChain.Together);
        await JobTestBed.WaitFor(async () => await Bed.Attempts(job) == "test.a/1 test.b/1", () => Task.FromResult("the second step"));

        await Bed.Execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()"
        );

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/2 test.b/2 test.c/1", await Bed.Effects(job));
        Assert.Equal("test.b:retry", (await Bed.Records(job)).Split(' ')[0]);
    }
}
