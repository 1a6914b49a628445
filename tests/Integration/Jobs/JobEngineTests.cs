namespace MPanel.Tests.Integration.Jobs;

/// <summary>What the job engine must do, on real PostgreSQL and with real processes that are killed.</summary>
public sealed partial class JobEngineTests(ITestOutputHelper output) : IAsyncLifetime
{
    private JobTestBed Bed { get; set; } = null!;

    public async ValueTask InitializeAsync() => Bed = await JobTestBed.Create();

    public async ValueTask DisposeAsync() => await Bed.DisposeAsync();
}
