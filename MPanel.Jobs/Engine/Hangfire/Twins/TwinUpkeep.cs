using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

/// <summary>
/// Follows the provisioning tasks, a second behind at most. It looks by itself: what announces changes of tasks would have to write more
/// in every claim and completion. One process does it for all.
/// </summary>
internal sealed partial class TwinUpkeep(
    NpgsqlDataSource dataSource,
    JobStorage storage,
    JobEngine engine,
    TimeProvider time,
    IOptions<ProvisioningOptions> options,
    ILogger<TwinUpkeep> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A twin and its job change together, so they differ only when somebody else changed or removed the job, or a server was renamed.
    private static readonly TimeSpan LookAtAllEvery = TimeSpan.FromMinutes(1);

    // Hangfire forgets a server that it hasn't heard of for a minute.
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromSeconds(10);

    private DateTimeOffset _lookedAtAll;
    private DateTimeOffset _nextLook;
    private DateTimeOffset _announced;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (engine.IsReady)
                    await Follow(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Follow(CancellationToken stoppingToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
        await TwinFollower.Alone(
            db,
            async () =>
            {
                await CatchUp(db, stoppingToken);
                await AnnounceAgents(db);
            }
        );
    }

    private async Task CatchUp(NpgsqlConnection db, CancellationToken stoppingToken)
    {
        await Show(db, TwinLook.News, stoppingToken);
        var now = time.GetUtcNow();
        if (now < _nextLook)
            return;
        var all = now - _lookedAtAll >= LookAtAllEvery;
        await Show(db, all ? TwinLook.Everything : TwinLook.Changes, stoppingToken);
        if (all)
            _lookedAtAll = now;
        // The more tasks are open, the longer it takes: no more than a fifth of the time goes into it.
        var looked = time.GetUtcNow();
        _nextLook = looked + 4 * (looked - now);
    }

    private async Task Show(NpgsqlConnection db, TwinLook look, CancellationToken stoppingToken)
    {
        List<ShownTask> shown;
        do
        {
            shown = (await ShowTasks.Run(db, TaskTwin.Invocation, look, cancellationToken: stoppingToken)).ToList();
            if (shown.Where(task => task.Mended).ToList() is [var first, ..] mended)
                LogMended(mended.Count, first.Id, first.State);
        } while (shown.Count >= ShowTasks.Batch);
    }

    /// <summary>Lists the servers whose agents report among Hangfire's own, so that it doesn't call their work aborted.</summary>
    private async Task AnnounceAgents(NpgsqlConnection db)
    {
        if (time.GetUtcNow() - _announced < AnnounceEvery)
            return;
        using var connection = storage.GetConnection();
        foreach (var server in (await ServerList.All(db, options.Value.OfflineAfter)).Where(s => s.Online))
        {
            connection.AnnounceServer(server.Name, new ServerContext { Queues = [.. server.Capabilities], WorkerCount = 0 });
            connection.Heartbeat(server.Name);
        }
        _announced = time.GetUtcNow();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The dashboard showed {Count} tasks wrongly; it shows them as they are again, such as {TaskId} as {State}."
    )]
    private partial void LogMended(int count, long taskId, string state);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The dashboard couldn't be brought up to date with the tasks; it will be tried again."
    )]
    private partial void LogFailed(Exception failure);
}
