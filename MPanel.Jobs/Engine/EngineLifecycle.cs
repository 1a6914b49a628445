using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Engine;

/// <summary>Starts the engine with the process, and gives its running steps a bounded time when the process stops.</summary>
internal sealed class EngineLifecycle(IJobEngine engine, IEnumerable<RecurringStep> recurring, IOptions<JobOptions> options, JobRole role)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await engine.Start(cancellationToken);
        if (role.RunsWorkers)
            await engine.ScheduleRecurring([.. recurring], cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(options.Value.DrainTimeout);
        await engine.Stop(bound.Token);
    }
}

/// <summary>Whether this process runs steps, or only starts them for others to run.</summary>
public sealed record JobRole(bool RunsWorkers);
