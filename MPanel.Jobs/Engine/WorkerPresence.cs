using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>What a process says of itself.</summary>
/// <param name="Roles"><c>web</c>, <c>jobs</c> or both.</param>
public sealed record ProcessRoles(string[] Roles);

/// <summary>Reports this process in the database, so that the panel can show which processes there are. Nothing else depends on it.</summary>
public sealed partial class WorkerPresence(
    NpgsqlDataSource dataSource,
    JobRole role,
    ProcessRoles roles,
    RunningSteps running,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<WorkerPresence> logger
) : BackgroundService
{
    private readonly Guid _id = Guid.NewGuid();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReportInterval, time);
        do
        {
            try
            {
                await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
                await JobWorkers.Report(db, Report(), stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotReported(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
            await JobWorkers.Remove(db, _id);
        }
        catch (Exception failure)
        {
            LogNotReported(failure);
        }
    }

    private WorkerReport Report() =>
        new(
            _id,
            Environment.MachineName,
            Environment.ProcessId,
            roles.Roles,
            nameof(Hangfire),
            role.RunsWorkers ? options.Value.Workers : 0,
            running.Count
        );

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process could not be reported to the list of processes.")]
    private partial void LogNotReported(Exception failure);
}
