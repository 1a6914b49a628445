using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Engine.Hangfire;

namespace MPanel.Jobs.Engine;

/// <summary>Starts the engine with the process, and gives its running steps a bounded time when the process stops.</summary>
internal sealed partial class EngineLifecycle(
    JobEngine engine,
    IEnumerable<RecurringStep> recurring,
    IOptions<JobOptions> options,
    JobRole role,
    TimeProvider time,
    ILogger<EngineLifecycle> logger
) : IHostedService
{
    // For a step to end in after it was told to.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await engine.Start(cancellationToken);
        if (role.RunsWorkers)
            engine.ScheduleRecurring([.. recurring]);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(options.Value.DrainTimeout);
        // A thread of its own: stopping waits for the running steps, and these may wait for a database that is gone.
        var stop = Task.Run(() => engine.Stop(bound.Token), CancellationToken.None);
        try
        {
            await stop.WaitAsync(options.Value.DrainTimeout + Grace, time, CancellationToken.None);
        }
        catch (TimeoutException) when (!stop.IsCompleted)
        {
            // One that does not heed must not keep the process: its lease runs out, and another worker takes the step over.
            LogAbandoned();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The job engine did not stop within Jobs:DrainTimeout and the time after it: a step does not heed that it is to end."
    )]
    private partial void LogAbandoned();
}

/// <summary>Whether this process runs steps, or only starts them for others to run.</summary>
public sealed record JobRole(bool RunsWorkers);
