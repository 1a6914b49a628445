using System.Diagnostics;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineTests
{
    /// <summary>Workers are killed with SIGKILL in the middle of their steps, again and again, while work keeps coming.</summary>
    [Fact]
    public async Task FourHundredJobs_UnderSixKilledWorkers_EachDoneOnce()
    {
        const int jobs = 400;
        const int kills = 6;
        var started = Stopwatch.GetTimestamp();
        var web = await Bed.StartHost(runsWorkers: false);
        var workers = new Queue<Process>();
        for (var i = 0; i < 2; i++)
            workers.Enqueue(await Bed.StartProcess($"Jobs:Lease={ShortLease}"));

        for (var kill = 0; kill < kills; kill++)
        {
            await AddJobs(web, jobs * kill / kills, jobs * (kill + 1) / kills);
            var begun = await Bed.Scalar<long>("select count(*) from attempts");
            await JobTestBed.WaitFor(
                async () => await Bed.Scalar<long>("select count(*) from attempts") >= begun + 20,
                () => Task.FromResult("some steps to begin before the next kill"),
                seconds: 60
            );
            var victim = workers.Dequeue();
            victim.Kill();
            await victim.WaitForExitAsync();
            workers.Enqueue(await Bed.StartProcess($"Jobs:Lease={ShortLease}"));
        }

        await AllDone(jobs, seconds: 240);
        output.WriteLine(
            $"Chaos: {jobs} chains under {kills} kills, each done once, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s."
        );
    }
}
