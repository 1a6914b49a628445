using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Logs;

/// <param name="Day">The last one that it has lines of.</param>
/// <param name="Number">Among those of one day.</param>
internal sealed record EndedLog(string Path, DateOnly Day, int Number, bool Packed, long Bytes);

/// <summary>Logs that nothing is added to any more: packed, and kept for some days and up to a size.</summary>
internal sealed partial class PackedLogs(AgentOptions options, FaultSwitch faults, TimeProvider time)
{
    private const long Megabyte = 1024 * 1024;
    private const string Unfinished = ".tmp";

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<EndedLog> Of(LogHome home) =>
        Directory.Exists(home.Directory)
            ?
            [
                .. new DirectoryInfo(home.Directory)
                    .EnumerateFiles("access.log.*")
                    .Select(Ended)
                    .OfType<EndedLog>()
                    .OrderBy(l => l.Day)
                    .ThenBy(l => l.Number)
                    .ThenBy(l => l.Packed),
            ]
            : [];

    /// <summary>Packs what is not packed yet, and removes what is too old or too much.</summary>
    public void Tidy(LogHome home)
    {
        foreach (var left in Directory.GetFiles(home.Directory, "*" + Unfinished))
            File.Delete(left);
        foreach (var log in Of(home).Where(l => !l.Packed))
            Pack(home, log);
        var ended = Of(home);
        var room = options.AccessLogSiteMegabytes * Megabyte - (File.Exists(home.Current) ? new FileInfo(home.Current).Length : 0);
        var oldest = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-options.AccessLogDays);
        foreach (var log in ended.Reverse())
        {
            room -= log.Bytes;
            if (log.Day < oldest || room < 0)
                File.Delete(log.Path);
        }
    }

    // Killed between rename and deletion both are there, and it is packed once more.
    private void Pack(LogHome home, EndedLog log)
    {
        var (packed, aside) = (log.Path + ".gz", log.Path + ".gz" + Unfinished);
        try
        {
            using (var from = new FileStream(Posix.OpenForReading(log.Path), FileAccess.Read))
            using (var file = new FileStream(Posix.OpenForWriting(aside), FileAccess.Write))
            {
                using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
                    from.CopyTo(gzip);
                file.Flush(flushToDisk: true);
            }
            LogHomes.HandFile(aside, home.Group);
            File.SetLastWriteTimeUtc(aside, File.GetLastWriteTimeUtc(log.Path));
            DurableFile.Rename(aside, packed);
        }
        catch (IOException)
        {
            // The disk is full. The log stays as it is, until it is too old.
            File.Delete(aside);
            throw;
        }
        faults.After(Effect.LogPack);
        DurableFile.Delete(log.Path);
    }

    private static EndedLog? Ended(FileInfo file) =>
        Name().Match(file.Name) is { Success: true } match
        && DateOnly.TryParseExact(match.Groups[1].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, 0, out var day)
            ? new EndedLog(
                file.FullName,
                day,
                int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture),
                match.Groups[3].Success,
                file.Length
            )
            : null;

    [GeneratedRegex(@"\Aaccess\.log\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,6})(\.gz)?\z")]
    private static partial Regex Name();
}
