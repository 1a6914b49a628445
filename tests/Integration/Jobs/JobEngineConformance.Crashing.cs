using System.Diagnostics;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineConformance
{
    private const string ShortLease = "00:00:03";
    private static readonly Dictionary<string, string?> WithShortLease = new() { ["Jobs:Lease"] = ShortLease };

    [Fact]
    public async Task Process_KilledInTheMiddleOfAStep_IsTakenOverByAnother()
    {
        var killed = await Bed.StartProcess($"Jobs:Lease={ShortLease}");
        var chain = await Bed.Start(by: null, """{"test.b": ["hang", "done"]}""");
        await JobTestBed.WaitFor(
            async () => await Bed.Attempts(chain.ChainId) == "test.a/1 test.b/1",
            () => Task.FromResult("the second step to run")
        );
        killed.Kill();
        await killed.WaitForExitAsync();

        var other = await Bed.StartProcess($"Jobs:Lease={ShortLease}");

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/1 test.b/2 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal(
            $"{killed.Id} {other.Id}",
            await Bed.Scalar<string>("select string_agg(process::text, ' ' order by id) from attempts where kind = 'test.b'")
        );
    }

    [Fact]
    public async Task Step_ThatKillsItsProcess_IsGivenUpWhenItsAttemptsAreSpent()
    {
        var chain = await Bed.Start(by: null, """{"test.a": ["die"]}""");

        Process? worker = null;
        await JobTestBed.WaitFor(
            async () =>
            {
                if (worker is null or { HasExited: true })
                    worker = await Bed.StartProcess($"Jobs:Lease={ShortLease}");
                return await Bed.States(chain.ChainId) == "failed cancelled cancelled";
            },
            async () => $"the step to be given up, but it is {await Bed.States(chain.ChainId)}",
            seconds: 90
        );

        var step = await Bed.Step(chain.ChainId, "test.a");
        Assert.Equal(("given_up", 3, "lease_lost"), (step.Verdict, step.Attempt, step.LastErrorCode));
        Assert.Equal("test.a/1 test.a/2 test.a/3", await Bed.Attempts(chain.ChainId));
        Assert.Equal("test.a:given_up", await Bed.Records(chain.ChainId));
    }

    [Fact]
    public async Task Step_ThatOutlivesItsLease_CannotCommit()
    {
        await Bed.StartHost(settings: WithShortLease);
        var other = await Bed.StartHost(settings: WithShortLease);

        var chain = await Bed.Start(other, """{"test.a": ["outlive_lease", "done"]}""");

        await Bed.WaitForStates(chain.ChainId, "done done done");
        await other.StopAsync();
        Assert.Equal("test.a/2 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal("test.a:done test.b:done test.c:done", await Bed.Records(chain.ChainId));
    }

    [Fact]
    public async Task Handler_StillRunningNearTheEndOfItsLease_IsStoppedAndRetried()
    {
        var host = await Bed.StartHost(settings: WithShortLease);

        var chain = await Bed.Start(host, """{"test.a": ["hang", "done"]}""");

        await Bed.WaitForStates(chain.ChainId, "done done done");
        Assert.Equal("test.a/2 test.b/1 test.c/1", await Bed.Effects(chain.ChainId));
        Assert.Equal("timeout", await Bed.Scalar<string>("select code from records where outcome = 'retry'"));
    }

    [Fact]
    public async Task Stop_WhileAStepRuns_GivesItBackWithoutCountingTheAttempt()
    {
        var host = await Bed.StartHost(
            settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:10:00", ["Jobs:DrainTimeout"] = "00:00:00.5" }
        );
        var chain = await Bed.Start(host, """{"test.a": ["hang"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(chain.ChainId) != "", () => Task.FromResult("the step to run"));

        await host.StopAsync();

        var step = await Bed.Step(chain.ChainId, "test.a");
        Assert.Equal(("due", 0), (step.State, step.Attempt));
    }

    [Fact]
    public async Task Stop_WhileAStepHeedsNothing_EndsWithoutIt()
    {
        var host = await Bed.StartHost(
            settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:10:00", ["Jobs:DrainTimeout"] = "00:00:00.5" }
        );
        var chain = await Bed.Start(host, """{"test.a": ["deaf"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(chain.ChainId) != "", () => Task.FromResult("the step to run"));

        await host.StopAsync();

        Assert.Equal("running", (await Bed.Step(chain.ChainId, "test.a")).State);
    }
}
