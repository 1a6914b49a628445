using System.Globalization;

namespace MPanel.Benchmarks.Reporting;

public static class Machine
{
    /// <summary>One line: when, on what, and how busy it was before.</summary>
    public static async Task<string> Describe()
    {
        var cpu = (await File.ReadAllLinesAsync("/proc/cpuinfo"))
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim();
        var memory = (await File.ReadAllLinesAsync("/proc/meminfo"))
            .First(l => l.StartsWith("MemTotal", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return $"{date} UTC, {Environment.ProcessorCount} cores ({cpu ?? "unknown"}), "
            + $"{Figure.Mebibytes(double.Parse(memory, CultureInfo.InvariantCulture))}, .NET {Environment.Version}, PostgreSQL with fsync on, "
            + $"load average {load} before.";
    }
}
