using MPanel.Tests.JobWorker;

namespace MPanel.Tests.Integration.Jobs;

public sealed partial class JobEngineTests
{
    [Fact]
    public async Task Recurring_InTwoProcesses_RunsEachOccurrenceOnce()
    {
        await Bed.StartProcess("Recurring=* * * * *");
        await Bed.StartProcess("Recurring=* * * * *");

        await JobTestBed.WaitFor(
            async () =>
                await Bed.Scalar<long>("select count(*) from attempts") >= 1
                && await Bed.Scalar<long>("select count(*) from hangfire.job where statename = 'Succeeded'") >= 1,
            () => Task.FromResult("the next minute's occurrence"),
            seconds: 100
        );

        Assert.Equal(
            await Bed.Scalar<long>(
                "select count(*) from hangfire.job where arguments ->> 0 = @id".Replace("@id", $"'\"{ScriptedRecurring.JobId}\"'")
            ),
            await Bed.Scalar<long>("select count(*) from attempts")
        );
    }
}
