using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>Gives servers to tasks that were created while none had room, or whose server is gone, and raises the alarm while there are such tasks.</summary>
public sealed partial class TaskPlacement(
    NpgsqlDataSource dataSource,
    TimeProvider time,
    ProvisioningMetrics metrics,
    TaskAnnouncements announcements,
    RetiredServers retired,
    IOptions<ProvisioningOptions> options,
    ILogger<TaskPlacement> logger
) : BackgroundService
{
    private const int MostAtOnce = 200;
    private IReadOnlyList<UnplacedTasks> _alarmed = [];
    private DateTimeOffset _alarmedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _countedAt = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PlacementInterval, time);
        do
        {
            try
            {
                await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
                await retired.Leave(db, stoppingToken);
                await Place(db, stoppingToken);
                await Rescue(db, stoppingToken);
                await BringAbout(db);
                await Erase(db, stoppingToken);
                var unplaced = (await UnplacedTasks.ByNeed(db)).ToList();
                Alarm(unplaced);
                await Count(db, unplaced);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Place(NpgsqlConnection db, CancellationToken stoppingToken)
    {
        while (
            !stoppingToken.IsCancellationRequested && await PlaceWaitingTasks.Next(db, options.Value.OfflineAfter) is { Count: > 0 } placed
        )
        {
            await announcements.Send(db, [placed[0].ServerId]);
            foreach (var task in placed)
                LogPlaced(task.Id, task.Type, task.Server, task.Domain, task.Plan, TaskState.Pending, task.CorrelationId);
        }
    }

    /// <summary>What waits for a server that is gone, and was never begun there, goes to one that lives.</summary>
    private async Task Rescue(NpgsqlConnection db, CancellationToken stoppingToken)
    {
        while (
            !stoppingToken.IsCancellationRequested
            && await StrandedTask.Next(db, options.Value.GoneAfter, options.Value.OfflineAfter) is { } stranded
        )
        {
            await using var transaction = await db.BeginTransactionAsync(stoppingToken);
            var move = await MoveTask.Run(transaction, stranded.Id, stranded.To, "system", stranded.CorrelationId);
            // Somebody else moves it, or took the room: the next round sees what is left.
            if (move.Refusal is not null || move.Tasks.Count == 0)
                return;
            await transaction.CommitAsync(stoppingToken);
            await announcements.Send(db, move.Woken);
            LogRescued(stranded.Id, stranded.Domain, stranded.From, stranded.To, stranded.CorrelationId);
        }
    }

    /// <summary>What doesn't stand as it shall, and has no task.</summary>
    private async Task BringAbout(NpgsqlConnection db)
    {
        var behind = await BehindPlacement.Mend(db, MostAtOnce, Guid.CreateVersion7().ToString("N"));
        if (behind.Count == 0)
            return;
        await announcements.Send(db, [.. behind.Select(b => b.ServerId).Distinct()]);
        LogBehind(behind.Count);
    }

    /// <summary>Websites whose grace is over.</summary>
    private async Task Erase(NpgsqlConnection db, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var correlationId = Guid.CreateVersion7().ToString("N");
            if (await EraseWebsite.Next(db, correlationId) is not { } erased)
                return;
            await announcements.Send(db, [erased.ServerId]);
            LogErased(erased.Id, erased.Domain, correlationId);
        }
    }

    /// <summary>At once when something changed, and now and then while it lasts.</summary>
    private void Alarm(List<UnplacedTasks> unplaced)
    {
        var now = time.GetUtcNow();
        if (unplaced.Count > 0 && (now - _alarmedAt >= options.Value.AlarmInterval || !unplaced.SequenceEqual(_alarmed)))
        {
            foreach (var need in unplaced)
                LogNoServerWithRoom(need.Count, need.Role, need.Tags, need.Oldest);
            _alarmedAt = now;
        }
        _alarmed = unplaced;
    }

    private async Task Count(NpgsqlConnection db, List<UnplacedTasks> unplaced)
    {
        var now = time.GetUtcNow();
        if (now - _countedAt < options.Value.CountInterval)
            return;
        metrics.Counted((await OpenTasks.ByStatus(db)).ToList(), unplaced.Sum(u => u.Count));
        _countedAt = now;
    }

    [LoggerMessage(
        EventName = "NoServerWithRoom",
        Level = LogLevel.Warning,
        Message = "{Count} task(s) wait for an active {Role} server with room (tags: '{Tags}'), the oldest since {Oldest}."
    )]
    private partial void LogNoServerWithRoom(long count, string role, string tags, DateTimeOffset oldest);

    [LoggerMessage(
        EventName = "TaskPlaced",
        Level = LogLevel.Information,
        Message = "Task {TaskId}: {Type} on {Server} of {Domain} (plan {Plan}) is {Status}: it has a server now ({CorrelationId})"
    )]
    private partial void LogPlaced(
        long taskId,
        string type,
        string server,
        string domain,
        string? plan,
        string status,
        string correlationId
    );

    [LoggerMessage(
        EventName = "TaskRescued",
        Level = LogLevel.Warning,
        Message = "Task {TaskId} of {Domain} waited for {From}, which is gone; it is moved to {To} ({CorrelationId})"
    )]
    private partial void LogRescued(long taskId, string domain, string from, string to, string correlationId);

    [LoggerMessage(
        EventName = "PlacementsBehind",
        Level = LogLevel.Information,
        Message = "{Count} website(s) did not stand as they shall and had no task; each has one now"
    )]
    private partial void LogBehind(int count);

    [LoggerMessage(
        EventName = "WebsiteErased",
        Level = LogLevel.Information,
        Message = "The grace of website {WebsiteId}, {Domain}, is over: its server erases it ({CorrelationId})"
    )]
    private partial void LogErased(long websiteId, string domain, string correlationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Waiting tasks could not be placed; it will be tried again.")]
    private partial void LogFailed(Exception failure);
}
