using System.Globalization;
using Microsoft.Win32.SafeHandles;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Logs;

/// <param name="Size">Where the next lines go.</param>
/// <param name="Ended">One before it has just ended.</param>
internal sealed record ReadyLog(long Size, bool Ended);

/// <summary>A log that is kept: <c>access.log</c>, and those before it, <c>access.log.&lt;day&gt;.&lt;n&gt;</c>, which <see cref="PackedLogs"/> packs.</summary>
internal sealed class SiteLog(AgentOptions options, FaultSwitch faults, TimeProvider time)
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Makes the log ready for so many bytes.</summary>
    /// <returns>Null when it can't be written.</returns>
    public ReadyLog? Prepare(LogHome home, int bytes)
    {
        if (!LogHomes.Ensure(home))
            return null;
        var ended = RotateIfDue(home, bytes);
        return Posix.Status(home.Current) switch
        {
            null => new ReadyLog(0, ended),
            { Kind: FileKind.Regular, OnlyOursToWrite: true } => new ReadyLog(new FileInfo(home.Current).Length, ended),
            _ => null,
        };
    }

    /// <summary>Puts lines where the log ended. The same again changes nothing.</summary>
    /// <exception cref="IOException">The disk is full, or the website's directory has gone. Nothing was added.</exception>
    public static void Append(LogHome home, long size, ReadOnlySpan<byte> lines)
    {
        using var file = Posix.OpenForWriting(home.Current);
        LogHomes.HandFile(home.Current, home.Group);
        try
        {
            RandomAccess.Write(file, lines, size);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(file, size);
            throw;
        }
    }

    /// <summary>Takes back what was added since the log had a size.</summary>
    public static void CutBack(LogHome home, long size)
    {
        if (
            Posix.Status(home.Current) is not { Kind: FileKind.Regular, OnlyOursToWrite: true }
            || new FileInfo(home.Current).Length <= size
        )
            return;
        using SafeFileHandle file = Posix.OpenForWriting(home.Current);
        RandomAccess.SetLength(file, size);
    }

    /// <summary>Begins another log when this one is of another day, or would be too large.</summary>
    /// <returns>Whether it did.</returns>
    public bool RotateIfDue(LogHome home, int bytes)
    {
        var file = new FileInfo(home.Current);
        if (!file.Exists || file.Length == 0)
            return false;
        var day = DateOnly.FromDateTime(file.LastWriteTimeUtc);
        if (day == DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime) && file.Length + bytes <= options.AccessLogMegabytes * Megabyte)
            return false;
        var name = $"{home.Current}.{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        var number = PackedLogs.Of(home).Where(l => l.Day == day).Select(l => l.Number).Append(0).Max() + 1;
        Posix.Rename(home.Current, $"{name}.{number.ToString(CultureInfo.InvariantCulture)}");
        faults.After(Effect.LogRotate);
        return true;
    }
}
