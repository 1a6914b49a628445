namespace MPanel.NodeAgent.Logs;

/// <summary>Logs are the first to give way when the disk is nearly full: websites and the agent's memory need the rest.</summary>
internal sealed class LogRoom(AgentOptions options, LogHomes homes)
{
    private const long Megabyte = 1024 * 1024;

    public bool IsShort => new DriveInfo(options.SitesDirectory).AvailableFreeSpace < options.AccessLogReserveMegabytes * Megabyte;

    /// <summary>Removes logs that have ended, the oldest first, whoever's they are, until there is room.</summary>
    /// <returns>How many.</returns>
    public int Make()
    {
        if (!IsShort)
            return 0;
        var removed = 0;
        foreach (var log in homes.All().SelectMany(PackedLogs.Of).OrderBy(l => l.Day).ThenBy(l => l.Number))
        {
            File.Delete(log.Path);
            removed++;
            if (!IsShort)
                break;
        }
        return removed;
    }
}
