using System.Diagnostics;
using MPanel.Database.Jobs;
using MPanel.Tests.JobWorker;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineTests
{
    private const string ShortLease = "00:00:03";
    private static readonly Dictionary<string, string?> Short = new() { ["Jobs:Lease"] = ShortLease, ["Jobs:StepTimeout"] = "00:00:02" };

    [Fact]
    public async Task Process_KilledInTheMiddleOfAStep_IsTakenOverByAnother()
    {
        var killed = await Bed.StartProcess($"Jobs:Lease={ShortLease}");
        var job = await Bed.Add(by: null, """{"test.b": ["hang", "done"]}""");
        await JobTestBed.WaitFor(
            async () => await Bed.Attempts(job) == "test.a/1 test.b/1",
            () => Task.FromResult("the second step to run")
        );
        killed.Kill();
        await killed.WaitForExitAsync();

        var other = await Bed.StartProcess($"Jobs:Lease={ShortLease}");

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/2 test.c/1", await Bed.Effects(job));
        Assert.Equal(
            $"{killed.Id} {other.Id}",
            await Bed.Scalar<string>("select string_agg(process::text, ' ' order by id) from attempts where kind = 'test.b'")
        );
        await Bed.WaitForShown(job, "test.a Succeeded, test.b Succeeded, test.c Succeeded");
    }

    [Theory]
    [InlineData(ScriptedChain.ChainKind, "test.a", 0)]
    [InlineData(ScriptedChain.Together, "test.b", 1)]
    public async Task Step_ThatKillsItsProcess_StopsWhenItsAttemptsAreSpent(string kind, string step, int done)
    {
        var job = await Bed.Add(by: null, $$"""{"{{step}}": ["die"]}""", kind: kind);

        Process? worker = null;
        await JobTestBed.WaitFor(
            async () =>
            {
                if (worker is null or { HasExited: true })
                    worker = await Bed.StartProcess($"Jobs:Lease={ShortLease}");
                return await Bed.Standing(job) == $"{done} stopped";
            },
            async () => $"the step to be given up, but it is {await Bed.Standing(job)}",
            seconds: 90
        );

        Assert.Equal("lease_lost", (await Bed.Row(job)).Code);
        Assert.EndsWith($"{step}:given_up", await Bed.Records(job), StringComparison.Ordinal);
        await Bed.WaitForShown(job, done == 0 ? "test.a Failed" : "test.a Succeeded, test.b Failed");
    }

    [Fact]
    public async Task Step_ThatOutlivesItsLease_CannotCommit()
    {
        await Bed.StartHost(settings: Short);
        var other = await Bed.StartHost(settings: Short);

        var job = await Bed.Add(other, """{"test.a": ["outlive_lease", "done"]}""");

        await Bed.WaitForStanding(job, "3 done");
        await other.StopAsync();
        Assert.Equal("test.a/2 test.b/1 test.c/1", await Bed.Effects(job));
        Assert.Equal("test.a:done test.b:done test.c:done", await Bed.Records(job));
    }

    [Fact]
    public async Task Step_ThatTakesLongerThanTheLease_KeepsIt()
    {
        await Bed.StartHost(settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:00:02" });
        await Bed.StartHost(settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:00:02" });

        var job = await Bed.Add(null, """{"test.a": ["outlive_lease"]}""");

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/1 test.b/1 test.c/1", await Bed.Attempts(job));
    }

    [Fact]
    public async Task Step_StillRunningAtTheEndOfItsTime_IsToldAndRetried()
    {
        var host = await Bed.StartHost(settings: Short);

        var job = await Bed.Add(host, """{"test.a": ["hang", "done"]}""");

        await Bed.WaitForStanding(job, "3 done");
        Assert.Equal("test.a/2 test.b/1 test.c/1", await Bed.Effects(job));
        Assert.Equal("timeout", await Bed.Scalar<string>("select code from records where outcome = 'retry'"));
    }

    [Fact]
    public async Task Stop_WhileAStepRuns_GivesItBackWithoutCountingTheAttempt()
    {
        var host = await Bed.StartHost(
            settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:10:00", ["Jobs:DrainTimeout"] = "00:00:00.5" }
        );
        var job = await Bed.Add(host, """{"test.b": ["hang"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(job) == "test.a/1 test.b/1", () => Task.FromResult("the step to run"));

        await host.StopAsync();

        Assert.Equal("1 ready", await Bed.Standing(job));
        Assert.Equal(0, (await Bed.Row(job)).Spent);
        Assert.EndsWith("test.b Enqueued", await Bed.Shown(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WhileAStepHeedsNothing_EndsWithoutIt()
    {
        var host = await Bed.StartHost(
            settings: new Dictionary<string, string?> { ["Jobs:Lease"] = "00:10:00", ["Jobs:DrainTimeout"] = "00:00:00.5" }
        );
        var job = await Bed.Add(host, """{"test.a": ["deaf"]}""");
        await JobTestBed.WaitFor(async () => await Bed.Attempts(job) != "", () => Task.FromResult("the step to run"));

        await host.StopAsync();

        Assert.Equal(JobState.Running, (await Bed.Row(job)).State);
    }
}
