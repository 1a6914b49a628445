using Microsoft.Extensions.Logging;
using MPanel.Database.Jobs;
using Npgsql;
using Quartz.Extensibility;

namespace MPanel.Jobs.Engine.Quartz;

/// <summary>
/// Wakes the scheduler of a working process when another process dispatched something: Quartz itself would find it only after its idle
/// wait. A connection that is lost costs that wait and nothing else.
/// </summary>
internal sealed partial class WorkSignal(NpgsqlDataSource dataSource, TimeProvider time, ILogger<WorkSignal> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public async Task Send(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await JobSignal.Send(db, cancellationToken);
    }

    /// <summary>Until cancelled.</summary>
    public async Task Relay(ISchedulerSignaler scheduler, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Listen(scheduler, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogLost(failure);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Listen(ISchedulerSignaler scheduler, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        while (true)
        {
            // Said again after every pause: it changes nothing, and finds out whether the connection is still there.
            await JobSignal.Listen(db, cancellationToken);
            while (await db.WaitAsync(Pause, cancellationToken))
                await scheduler.SignalSchedulingChange(null, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that wakes the workers was lost; it will be opened again.")]
    private partial void LogLost(Exception failure);
}
