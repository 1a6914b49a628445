using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineConformance
{
    [Fact]
    public async Task Recurring_InTwoProcesses_RunsEachOccurrenceOnce()
    {
        await Bed.StartProcess("Recurring:test.single=* * * * *");
        await Bed.StartProcess("Recurring:test.single=* * * * *");

        await JobTestBed.WaitFor(
            async () => await Bed.Scalar<long>("select count(*) from effects where kind = 'test.single'") >= 1,
            () => Task.FromResult("the next minute's occurrence"),
            seconds: 90
        );

        Assert.Equal(
            await Bed.Scalar<long>("select count(distinct subject) from job_chains where kind = 'test.single'"),
            await Bed.Scalar<long>("select count(*) from attempts where kind = 'test.single'")
        );
        Assert.True(await Bed.Scalar<bool>("select bool_and(subject like '%:00Z') from job_chains where kind = 'test.single'"));
    }

    [Fact]
    public async Task Occurrence_AnnouncedByManyProcesses_RunsOnce()
    {
        var one = await Bed.StartHost();
        var two = await Bed.StartHost();
        var at = new DateTimeOffset(2026, 3, 29, 2, 30, 0, TimeSpan.FromHours(2));

        await Task.WhenAll(
            new[] { one, two, one, two }.Select(host =>
                host.Services.GetRequiredService<Occurrences>().Start("test.single", at, CancellationToken.None)
            )
        );

        var chain = await Bed.Scalar<long>("select id from job_chains where dedupe_key = 'test.single@2026-03-29T00:30:00Z'");
        await Bed.WaitForStates(chain, "done");
        var marker = await Bed.Start(one);
        await Bed.WaitForStates(marker.ChainId, "done done done");
        Assert.Equal("test.single/1", await Bed.Attempts(chain));
    }
}
