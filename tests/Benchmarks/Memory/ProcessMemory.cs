using System.Globalization;

namespace MPanel.Benchmarks.Memory;

/// <summary>Of a process, in KiB, as /proc says.</summary>
/// <param name="Resident">VmRSS.</param>
/// <param name="Peak">VmHWM: the most since its start.</param>
public sealed record ProcessMemory(long Resident, long Peak)
{
    public static ProcessMemory Of(int processId)
    {
        var lines = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessMemory(Field(lines, "VmRSS:"), Field(lines, "VmHWM:"));
    }

    private static long Field(string[] lines, string name) =>
        long.Parse(
            lines
                .First(l => l.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]
                .Split('\t')[^1],
            CultureInfo.InvariantCulture
        );
}
