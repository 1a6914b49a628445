using System.Globalization;

namespace MPanel.Benchmarks.Memory;

/// <summary>Processor time used so far, in milliseconds: a figure that a busy machine hardly blurs.</summary>
public static class ProcessCpu
{
    // Linux counts in hundredths of a second for programs to read, whatever its own clock.
    private const double MillisecondsPerTick = 10;

    public static double Of(int processId) => Fields(processId) is { } fields ? Used(fields) : 0;

    /// <summary>Of a process and its living children, such as PostgreSQL's postmaster with its backends.</summary>
    public static double OfFamily(int parent) =>
        Of(parent)
        + Directory
            .GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => name!.All(char.IsAsciiDigit))
            .Select(name => Fields(int.Parse(name!, CultureInfo.InvariantCulture)))
            .Where(fields => fields is not null && fields[1] == parent.ToString(CultureInfo.InvariantCulture))
            .Sum(fields => Used(fields!));

    public static int ParentOf(int processId) => int.Parse(Fields(processId)![1], CultureInfo.InvariantCulture);

    private static double Used(string[] fields) =>
        (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * MillisecondsPerTick;

    /// <summary>Those behind the program's name: state, parent and so on. Null when the process is gone.</summary>
    private static string[]? Fields(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
