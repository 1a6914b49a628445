using System.Globalization;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <summary>The processes of a website's user.</summary>
internal sealed class SiteProcesses(TimeProvider time)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Kills them until there is none, for a while. Returns how many are left.</summary>
    public async Task<int> End(uint uid, CancellationToken cancelled)
    {
        for (var since = time.GetTimestamp(); ; await Task.Delay(Pause, time, cancelled))
        {
            var left = Of(uid);
            if (left.Count == 0 || time.GetElapsedTime(since) >= Bound)
                return left.Count;
            foreach (var pid in left)
                Posix.Signal(pid, Posix.SigKill);
        }
    }

    /// <summary>Those that run as the user in any of their ids. One that is dead and not yet waited for counts no more.</summary>
    public static IReadOnlyList<int> Of(uint uid)
    {
        var text = uid.ToString(CultureInfo.InvariantCulture);
        return
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 1 && Runs(pid, text)),
        ];
    }

    private static bool Runs(int pid, string uid)
    {
        try
        {
            var lines = File.ReadAllLines($"/proc/{pid}/status");
            var dead = lines.Any(l =>
                l.StartsWith("State:\tZ", StringComparison.Ordinal) || l.StartsWith("State:\tX", StringComparison.Ordinal)
            );
            return !dead && lines.First(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t').Skip(1).Contains(uid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // It ended while it was looked at.
            return false;
        }
    }
}
