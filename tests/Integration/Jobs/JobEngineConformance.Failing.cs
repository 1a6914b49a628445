namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineConformance
{
    [Fact]
    public async Task Retry_FollowsItsScheduleBeforeTheNextStep()
    {
        var host = await Bed.StartHost();

        var chain = await Bed.Start(host, """{"test.a": ["retry", "throw", "done"]}""");

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.a/2 test.a/3 test.b/1 test.c/1", await Bed.Attempts(chain.ChainId));
        Assert.Equal("test.a/3 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal("test.a:retry test.a:retry test.a:done test.b:done test.c:done", await Bed.Records(chain.ChainId));
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
    }

    [Fact]
    public async Task GiveUp_WhenAttemptsAreSpent_StandsUntilRetriedByHand()
    {
        var host = await Bed.StartHost();
        var chain = await Bed.Start(host, """{"test.b": ["retry"]}""");

        await Bed.WaitForStates(chain.ChainId, "done failed cancelled");
        var failed = await Bed.Step(chain.ChainId, "test.b");
        Assert.Equal(("given_up", 3, "asked_to_retry"), (failed.Verdict, failed.Attempt, failed.LastErrorCode));

        await Bed.Execute("update job_steps set payload = '{}'");
        var changed = await Bed.ByHand(host, (jobs, transaction) => jobs.Retry(transaction, failed.Id, "anna", default));

        Assert.Equal(failed.Id, changed?.Id);
        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal(
            "test.a:done test.b:retry test.b:retry test.b:given_up test.b:resumed test.b:done test.c:done",
            await Bed.Records(chain.ChainId)
        );
        Assert.Equal("anna", await Bed.Scalar<string>("select actor from records where outcome = 'resumed'"));
        Assert.Null(await Bed.ByHand(host, (jobs, transaction) => jobs.Retry(transaction, failed.Id, "anna", default)));
    }

    [Fact]
    public async Task GiveUp_ByVerdict_IsFinalAtOnce()
    {
        var host = await Bed.StartHost();

        var chain = await Bed.Start(host, """{"test.a": ["give_up"]}""");

        await Bed.WaitForStates(chain.ChainId, "failed cancelled cancelled");
        Assert.Equal("test.a/1", await Bed.Attempts(chain.ChainId));
        Assert.Equal("", await Bed.Effects(chain.ChainId));
    }

    [Fact]
    public async Task Review_StopsTheChainUntilResumed()
    {
        var host = await Bed.StartHost();
        var chain = await Bed.Start(host, """{"test.b": ["review"]}""");

        await Bed.WaitForStates(chain.ChainId, "done failed waiting");
        var stopped = await Bed.Step(chain.ChainId, "test.b");
        Assert.Equal(("review", "asked_for_review"), (stopped.Verdict, stopped.LastErrorCode));

        await Bed.Execute("update job_steps set payload = '{}'");
        var changed = await Bed.ByHand(host, (jobs, transaction) => jobs.Resume(transaction, chain.ChainId, "anna", default));

        Assert.Equal("test.b", changed?.Kind);
        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
    }

    [Fact]
    public async Task Cancel_WhileWaitingForARetry_RunsNothingMore()
    {
        var host = await Bed.StartHost();
        var chain = await Bed.Start(host, """{"test.a": ["retry", "done"]}""");
        await JobTestBed.WaitFor(
            async () => (await Bed.Step(chain.ChainId, "test.a")).LastErrorCode is not null,
            () => Task.FromResult("the first attempt to fail")
        );

        await Bed.ByHand(host, (jobs, transaction) => jobs.Cancel(transaction, chain.ChainId, "anna", default));
        JobTestBed.Wake(host, chain.FirstStepId);
        var retriedAsLong = await Bed.Start(host, """{"test.a": ["retry", "done"]}""");

        await Bed.WaitForStates(retriedAsLong.ChainId, "done done done");
        Assert.Equal("cancelled cancelled cancelled", await Bed.States(chain.ChainId));
        Assert.Equal("test.a/1", await Bed.Attempts(chain.ChainId));
        Assert.Equal("test.a:retry test.a:cancelled", await Bed.Records(chain.ChainId));
    }

    [Fact]
    public async Task Cancel_WhileAStepRuns_UndoesWhatItWrites()
    {
        var host = await Bed.StartHost();
        var chain = await Bed.Start(host, """{"test.a": ["outlive_lease"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(chain.ChainId) != "", () => Task.FromResult("the step to run"));

        await Bed.ByHand(host, (jobs, transaction) => jobs.Cancel(transaction, chain.ChainId, "anna", default));

        await host.StopAsync();
        Assert.Equal("cancelled cancelled cancelled", await Bed.States(chain.ChainId));
        Assert.Equal("", await Bed.Effects(chain.ChainId));
    }
}
