using Xunit.Abstractions;

namespace MPanel.Tests.Integration.Jobs;

/// <summary>What every engine must do. The build says which one it is run with: <c>./mpanel test --engine hangfire</c>.</summary>
public sealed partial class JobEngineConformance(ITestOutputHelper output) : IAsyncLifetime
{
    private JobTestBed Bed { get; set; } = null!;

    public async Task InitializeAsync() => Bed = await JobTestBed.Create();

    public async Task DisposeAsync() => await Bed.DisposeAsync();
}
