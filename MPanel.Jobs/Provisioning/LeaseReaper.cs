using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>Takes tasks back whose agent stopped renewing its lease.</summary>
public sealed partial class LeaseReaper(
    NpgsqlDataSource dataSource,
    TimeProvider time,
    ProvisioningMetrics metrics,
    TaskAnnouncements announcements,
    IOptions<ProvisioningOptions> options,
    ILogger<LeaseReaper> logger
) : BackgroundService
{
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReapInterval, time);
        do
        {
            try
            {
                await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
                while (await Reap(db) == Batch && !stoppingToken.IsCancellationRequested) { }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> Reap(NpgsqlConnection db)
    {
        var reaped = (await ReapLeases.Run(db, Batch)).ToList();
        if (reaped.Count > 0)
            await announcements.Send(db, reaped[0].Woken);
        foreach (var task in reaped)
        {
            metrics.Ended(task.Type, "lease_expired");
            LogReaped(
                task.Id,
                task.Attempt,
                task.Type,
                task.Server,
                task.Domain,
                task.Plan,
                task.Status,
                "lease_expired",
                task.CorrelationId
            );
        }
        return reaped.Count;
    }

    [LoggerMessage(
        EventName = "LeaseExpired",
        Level = LogLevel.Warning,
        Message = "Task {TaskId}, attempt {Attempt}: {Type} on {Server} of {Domain} (plan {Plan}) is {Status}: {Error} ({CorrelationId})"
    )]
    private partial void LogReaped(
        long taskId,
        int attempt,
        string type,
        string server,
        string domain,
        string? plan,
        string status,
        string error,
        string correlationId
    );

    [LoggerMessage(Level = LogLevel.Error, Message = "Leases could not be reaped; it will be tried again.")]
    private partial void LogFailed(Exception failure);
}
