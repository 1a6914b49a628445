using System.Globalization;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Logs;

/// <param name="Number">Never given twice.</param>
internal sealed record TakenLog(long Number, string Path);

/// <summary>nginx's access log, renamed to be read: <c>sites.log.&lt;number&gt;</c>. nginx writes to it until it was told to open its logs anew.</summary>
internal sealed class TakenLogs(NginxLayout layout, NginxServer nginx, FaultSwitch faults, TimeProvider time)
{
    private static readonly TimeSpan ReleaseBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>In the order in which they were written.</summary>
    public IReadOnlyList<TakenLog> All() =>
        [
            .. Directory
                .GetFiles(layout.LogDirectory, Path.GetFileName(layout.AccessLog) + ".*")
                .Select(f => new TakenLog(NumberOf(f), f))
                .Where(l => l.Number > 0)
                .OrderBy(l => l.Number),
        ];

    /// <summary>
    /// Takes the log that nginx writes to, unless it is empty or an earlier one is written to still: lines come in order. nginx leaves those that were
    /// taken, as a rule within milliseconds.
    /// </summary>
    /// <param name="last">The number given last.</param>
    public async Task Take(long last, CancellationToken stopping)
    {
        var taken = All();
        if (!taken.Any(IsHeld) && new FileInfo(layout.AccessLog) is { Exists: true, Length: > 0 })
        {
            var number = Math.Max(last, taken.Select(l => l.Number).Append(0).Max()) + 1;
            Posix.Rename(layout.AccessLog, layout.AccessLog + "." + number.ToString(CultureInfo.InvariantCulture));
            faults.After(Effect.LogTake);
        }
        // Also after a kill between the two.
        NginxLogFile.Ensure(layout.AccessLog);
        if (!All().Any(IsHeld))
            return;
        nginx.ReopenLogs();
        faults.After(Effect.LogReopen);
        for (var since = time.GetTimestamp(); All().Any(IsHeld) && time.GetElapsedTime(since) < ReleaseBound; )
            await Task.Delay(Pause, time, stopping);
    }

    public static bool IsHeld(TakenLog log) => NginxProcesses.AnyHolds(log.Path);

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetExtension(path).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
