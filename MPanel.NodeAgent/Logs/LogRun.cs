using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Logs;

/// <summary>Takes nginx's access log up once: whatever nginx wrote until then is with the websites after it, or the next run goes on there.</summary>
internal sealed partial class LogRun(
    NginxLayout layout,
    TakenLogs taken,
    LogCursor cursor,
    LogSplit split,
    LogRoom room,
    LogSweep sweep,
    FaultSwitch faults,
    ILogger<LogRun> logger
)
{
    private const long MostBytes = 256 * 1024 * 1024;

    /// <returns>Whether there is more to read at once.</returns>
    public async Task<bool> Once(CancellationToken stopping)
    {
        // Another agent of the same nginx is at it.
        using var own = FileLock.TryTake(Path.Combine(layout.TrafficDirectory, "lock"));
        if (own is null)
            return false;
        var at = split.Recover(cursor.Read());
        await taken.Take(at.Number, stopping);
        if (room.Make() is > 0 and var removed)
            LogMadeRoom(removed);
        var more = Read(at, stopping);
        sweep.IfDue();
        return more;
    }

    private bool Read(LogPosition at, CancellationToken stopping)
    {
        var read = 0L;
        foreach (var log in taken.All())
        {
            if (log.Number > at.Number)
                at = new LogPosition(log.Number, 0);
            // Asked before the last reading: what comes after is not missed.
            var held = TakenLogs.IsHeld(log);
            while (log.Number == at.Number && LineBatch.Read(log.Path, at.Offset, at.Pending?.To, final: !held) is { } part)
            {
                stopping.ThrowIfCancellationRequested();
                at = Do(log, part);
                read += part.To - part.From;
                if (read >= MostBytes)
                    return true;
            }
            if (held)
            {
                LogHeld(log.Path, layout.LogDirectory);
                return false;
            }
            DurableFile.Delete(log.Path);
            faults.After(Effect.LogDrop);
        }
        return false;
    }

    private LogPosition Do(TakenLog log, LineBatch part)
    {
        var done = split.Do(log.Number, part);
        if (done.Lost > 0)
            LogLost(done.Lost);
        foreach (var home in done.Ended)
            sweep.Tidy(home);
        return done.Reached;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The disk is nearly full: {Count} old access logs were removed")]
    private partial void LogMadeRoom(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} lines of the access log could not be kept: the disk is nearly full, or their websites have been removed. They were counted"
    )]
    private partial void LogLost(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "nginx goes on writing to {File}, which was taken up. Do its workers come to {Directory}? Until it lets go, the access log can't be split any further"
    )]
    private partial void LogHeld(string file, string directory);
}
