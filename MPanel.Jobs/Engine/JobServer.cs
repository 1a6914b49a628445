using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <param name="Queue">One of <see cref="JobFace.Queues"/>.</param>
/// <param name="Workers">Pieces of its work that run at once.</param>
internal sealed record JobLane(string Queue, int Workers);

/// <summary>
/// Takes work off one queue, as much as there are free workers, and runs it. When the process stops, what runs has a bounded time to end,
/// and is given back then.
/// </summary>
internal sealed partial class JobServer(
    NpgsqlDataSource dataSource,
    JobRunner runner,
    RunningJobs running,
    JobSignals signals,
    JobFaces faces,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<JobServer> logger,
    JobLane lane
) : BackgroundService
{
    // For what other processes put into the queue: this one hears of its own at once.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookForMail = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(1);

    // For a step to end in after it was told to.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _interrupted = new();
    private readonly List<Task> _runs = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var db = new LastingConnection(dataSource);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Free(stoppingToken);
                var begun = await BeginJobs.Run(
                    await db.Open(stoppingToken),
                    running.Runner,
                    options.Value.Lease,
                    lane.Workers - _runs.Count,
                    lane.Queue,
                    faces.Face,
                    stoppingToken
                );
                foreach (var job in begun)
                    _runs.Add(Task.Run(() => runner.Run(job, _interrupted.Token), CancellationToken.None));
                if (begun.Count == 0)
                    do if (await Told(stoppingToken))
                        break;
                    while (!await BeginJobs.Any(await db.Open(stoppingToken), lane.Queue, faces.Face));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure);
                await db.Drop();
                await Task.Delay(AfterAFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var all = Task.WhenAll(_runs);
        await Bounded(all, options.Value.DrainTimeout, cancellationToken);
        await _interrupted.CancelAsync();
        // One that does not heed must not keep the process: its lease runs out, and another process takes the work over.
        if (!await Bounded(all, Grace, CancellationToken.None))
            LogAbandoned();
    }

    public override void Dispose()
    {
        base.Dispose();
        _interrupted.Dispose();
    }

    /// <summary>Waits until a worker is free.</summary>
    private async Task Free(CancellationToken stoppingToken)
    {
        _runs.RemoveAll(run => run.IsCompleted);
        while (_runs.Count >= lane.Workers)
        {
            await Task.WhenAny(_runs).WaitAsync(stoppingToken);
            _runs.RemoveAll(run => run.IsCompleted);
        }
    }

    /// <returns>Whether somebody says that there is work. Nobody does of e-mail: it is looked for, and a second is soon enough.</returns>
    private async Task<bool> Told(CancellationToken stoppingToken)
    {
        if (lane.Queue == JobFace.Queue)
            return await signals.Queue.Wait(Look, stoppingToken);
        await Task.Delay(LookForMail, time, stoppingToken);
        return false;
    }

    private async Task<bool> Bounded(Task task, TimeSpan most, CancellationToken cancellationToken)
    {
        await task.WaitAsync(most, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Work could not be taken off the queue; it will be tried again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Not all work ended within Jobs:DrainTimeout and the time after it: a step does not heed that it is to end."
    )]
    private partial void LogAbandoned();
}
