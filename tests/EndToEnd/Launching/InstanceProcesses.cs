namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>The processes that work in a data directory: they stand in it, or hold a file of it.</summary>
public static class InstanceProcesses
{
    public static IReadOnlyList<(int Pid, string Program)> Of(string dataDirectory) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(directory => int.TryParse(Path.GetFileName(directory), out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId && WorksIn(pid, dataDirectory))
                .Select(pid => (pid, Path.GetFileName(Link($"/proc/{pid}/exe")) ?? "")),
        ];

    private static bool WorksIn(int pid, string directory) =>
        Links(pid)
            .Any(target => target is not null && (target == directory || target.StartsWith(directory + "/", StringComparison.Ordinal)));

    private static IEnumerable<string?> Links(int pid)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFiles($"/proc/{pid}/fd");
        }
        catch (DirectoryNotFoundException)
        {
            // It has ended since it was listed.
            return [];
        }
        return [Link($"/proc/{pid}/cwd"), .. descriptors.Select(Link)];
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
