namespace MPanel.NodeAgent.Logs;

/// <summary>Looks after logs that nothing comes to any more.</summary>
internal sealed partial class LogSweep(
    LogHomes homes,
    SiteLog logs,
    PackedLogs packed,
    TrafficBook book,
    TimeProvider time,
    ILogger<LogSweep> logger
)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private DateTimeOffset? _last;

    /// <summary>Once an hour, and when a day has begun.</summary>
    public void IfDue()
    {
        var now = time.GetUtcNow();
        if (_last is { } last && last.UtcDateTime.Date == now.UtcDateTime.Date && now - last < Hour)
            return;
        foreach (var home in homes.All())
            Tidy(home);
        book.Prune();
        _last = now;
    }

    /// <summary>Nobody's logs keep those of others from being looked after.</summary>
    public void Tidy(LogHome home)
    {
        try
        {
            logs.RotateIfDue(home, bytes: 0);
            packed.Tidy(home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUntidy(home.Directory, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The access logs in {Directory} could not be packed: {Reason}")]
    private partial void LogUntidy(string directory, string reason);
}
