using System.Globalization;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>What /proc says of nginx's master and workers.</summary>
internal static class NginxProcesses
{
    public static bool IsOurMaster(int pid) =>
        Posix.Status($"/proc/{pid}") is { } process
        && process.User == Posix.EffectiveUser()
        && Read(pid, "comm").TrimEnd('\n') == "nginx"
        && Read(pid, "cmdline").StartsWith("nginx: master process", StringComparison.Ordinal);

    public static IReadOnlyList<int> WorkersOf(int master) => [.. All().Where(pid => Accepts(pid) && ParentOf(pid) == master)];

    /// <summary>Workers without a master whose logs are below <paramref name="prefix"/>.</summary>
    public static IReadOnlyList<int> OrphansOf(string prefix) =>
        [.. All().Where(pid => Accepts(pid) && Read(ParentOf(pid), "comm").TrimEnd('\n') != "nginx" && HasOpenBelow(pid, prefix))];

    /// <summary>It is a worker and has not been told to finish; nginx writes that into the process's title.</summary>
    public static bool Accepts(int worker) => Read(worker, "cmdline").TrimEnd('\0', ' ') == "nginx: worker process";

    /// <summary>Whether a process named nginx has the file open, or may have: whose files can't be looked at may have any.</summary>
    public static bool AnyHolds(string path) =>
        Posix.Identity(path) is { } file
        && All().Where(pid => Read(pid, "comm").TrimEnd('\n') == "nginx").Any(pid => Holds(pid, Path.GetFileName(path), file));

    private static bool Holds(int pid, string name, FileIdentity file)
    {
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd")
                .EnumerateFiles()
                .Any(f => Path.GetFileName(f.LinkTarget) == name && Posix.Identity(f.FullName) == file);
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }

    private static IEnumerable<int> All() =>
        Directory
            .GetDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 1);

    private static bool HasOpenBelow(int pid, string directory)
    {
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd")
                .EnumerateFiles()
                .Any(f => f.LinkTarget?.StartsWith(directory + "/", StringComparison.Ordinal) ?? false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The second field is the program's name in parentheses and may hold anything.
    private static int ParentOf(int pid)
    {
        var stat = Read(pid, "stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    // A process may end while it is looked at.
    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
