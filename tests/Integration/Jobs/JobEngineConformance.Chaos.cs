using System.Diagnostics;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineConformance
{
    /// <summary>Workers are killed with SIGKILL in the middle of their steps, again and again, while work keeps coming.</summary>
    [Fact]
    public async Task FourHundredChains_UnderSixKilledWorkers_EachDoneOnce()
    {
        const int chains = 400;
        const int kills = 6;
        var started = Stopwatch.GetTimestamp();
        var web = await Bed.StartHost(runsWorkers: false);
        var workers = new Queue<Process>();
        for (var i = 0; i < 2; i++)
            workers.Enqueue(await Bed.StartProcess($"Jobs:Lease={ShortLease}"));

        for (var kill = 0; kill < kills; kill++)
        {
            await StartChains(web, chains * kill / kills, chains * (kill + 1) / kills);
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

        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from job_steps where state <> 'done'") == 0,
            async () => $"all done, but {await Bed.Scalar<long>("select count(*) from job_steps where state <> 'done'")} steps are not",
            seconds: 240
        );
        Assert.Equal(chains * 3, await Bed.Scalar<long>("select count(*) from job_steps where state = 'done'"));
        Assert.Equal(
            chains * 3,
            await Bed.Scalar<long>("select count(*) from (select chain_id, kind from effects group by 1, 2 having count(*) = 1) once")
        );
        Assert.Equal(chains * 3, await Bed.Scalar<long>("select count(*) from effects"));
        Assert.Equal(chains * 3, await Bed.Scalar<long>("select count(*) from records where outcome = 'done'"));
        output.WriteLine(
            $"Chaos: {chains} chains under {kills} kills, each done once, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s."
        );
    }
}
