using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>Gives the engine what it should have and hasn't: what nobody dispatched, retries whose time has come, steps of killed processes.</summary>
public sealed partial class JobSweep(
    JobEngine engine,
    NpgsqlDataSource dataSource,
    TimeProvider time,
    JobMetrics metrics,
    IOptions<JobOptions> options,
    ILogger<JobSweep> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        var counted = DateTimeOffset.MinValue;
        do
        {
            try
            {
                await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
                while (await Sweep(db, stoppingToken) == options.Value.SweepBatch) { }
                if (time.GetUtcNow() - counted >= options.Value.CountInterval)
                {
                    metrics.Counted(await QueueCounts.Run(db, stoppingToken));
                    counted = time.GetUtcNow();
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogSweepFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> Sweep(NpgsqlConnection db, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var swept = await SweepSteps.Run(db, settings.DispatchGrace, settings.RedispatchAfter, settings.SweepBatch, cancellationToken);
        if (swept.Count > 0)
        {
            await engine.Dispatch([.. swept.Select(s => new StepDispatch(s.Id, $"{s.Kind} {s.Subject}", s.RunAt))], cancellationToken);
            LogSwept(swept.Count);
        }
        return swept.Count;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The sweep dispatched {Count} steps.")]
    private partial void LogSwept(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep failed; it will try again.")]
    private partial void LogSweepFailed(Exception failure);
}
