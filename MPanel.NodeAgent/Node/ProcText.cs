using System.Globalization;

namespace MPanel.NodeAgent.Node;

internal readonly record struct CpuTimes(long All, long Idle);

internal readonly record struct Traffic(long Received, long Sent);

internal readonly record struct Memory(long Total, long Available);

/// <summary>Understands the texts of /proc.</summary>
internal static class ProcText
{
    private const char Space = ' ';

    /// <summary>In ticks; waiting for a disk counts as idle, guest time is already in user time.</summary>
    public static CpuTimes Cpu(string[] stat)
    {
        var ticks = Fields(stat.First(l => l.StartsWith("cpu ", StringComparison.Ordinal))).Skip(1).Take(8).Select(Number).ToArray();
        return new CpuTimes(ticks.Sum(), ticks[3] + ticks.ElementAtOrDefault(4));
    }

    public static double[] Load(string[] loadavg) =>
        [.. Fields(loadavg[0]).Take(3).Select(f => double.Parse(f, CultureInfo.InvariantCulture))];

    public static Memory Memory(string[] meminfo) =>
        new(Kilobytes(meminfo, "MemTotal:") * 1024, Kilobytes(meminfo, "MemAvailable:") * 1024);

    public static long Uptime(string[] uptime) => (long)double.Parse(Fields(uptime[0])[0], CultureInfo.InvariantCulture);

    /// <summary>All interfaces but the loopback, in bytes since the start.</summary>
    public static Traffic Network(string[] dev)
    {
        var interfaces = dev.Select(l => l.Split(':', 2))
            .Where(p => p.Length == 2 && p[0].Trim() != "lo")
            .Select(p => Fields(p[1]))
            .ToArray();
        return new Traffic(interfaces.Sum(f => Number(f[0])), interfaces.Sum(f => Number(f[8])));
    }

    private static long Kilobytes(string[] lines, string name) =>
        Number(Fields(lines.First(l => l.StartsWith(name, StringComparison.Ordinal)))[1]);

    private static string[] Fields(string line) => line.Split(Space, StringSplitOptions.RemoveEmptyEntries);

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
