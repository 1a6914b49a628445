using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Tests.Integration.Jobs;

/// <summary>What every engine must do. An adapter is run through it by a class that says how it is added.</summary>
public abstract partial class JobEngineConformance : IAsyncLifetime
{
    /// <summary>The engine's name as the worker program knows it.</summary>
    protected abstract string Engine { get; }

    protected abstract void AddEngine(IServiceCollection services);

    private JobTestBed Bed { get; set; } = null!;

    public async Task InitializeAsync() => Bed = await JobTestBed.Create(Engine, AddEngine);

    public async Task DisposeAsync() => await Bed.DisposeAsync();
}
