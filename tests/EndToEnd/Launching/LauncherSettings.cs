using MPanel.Tests.Support;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>A data directory and ports of one's own, so that nothing else on the machine is met.</summary>
public sealed class LauncherSettings : IDisposable
{
    public LauncherSettings()
    {
        DataDirectory = Directory.CreateTempSubdirectory("mpanel-e2e-").FullName;
        // The users of PostgreSQL and nginx must get in.
        File.SetUnixFileMode(DataDirectory, (UnixFileMode)0b111_101_101);
        var ports = new HashSet<int>();
        while (ports.Count < 5)
            ports.Add(PostgresCluster.FreePort());
        Ports = [.. ports];
        Environment = new Dictionary<string, string>
        {
            ["MPANEL_DATA"] = DataDirectory,
            ["MPANEL_API_PORT"] = $"{ApiPort}",
            ["MPANEL_PAGES_PORT"] = $"{PagesPort}",
            ["MPANEL_PG_PORT"] = $"{Ports[2]}",
            ["MPANEL_STRIPE_PORT"] = $"{Ports[3]}",
            ["MPANEL_NGINX_PORT"] = $"{NginxPort}",
        };
    }

    public string DataDirectory { get; }
    public IReadOnlyList<int> Ports { get; }
    public int ApiPort => Ports[0];
    public int PagesPort => Ports[1];
    public int NginxPort => Ports[4];
    public Dictionary<string, string> Environment { get; }

    public LauncherRun Run(params string[] arguments) => LauncherRun.Start(Environment, arguments);

    /// <summary>Runs to the end. Returns what was said; fails when the exit code is another.</summary>
    public async Task<string> RunToEnd(int expectedCode, params string[] arguments)
    {
        using var run = Run(arguments);
        var code = await run.End();
        Assert.True(code == expectedCode, $"mpanel {string.Join(' ', arguments)} ended with {code}, not {expectedCode}:\n{run.Output}");
        return run.Output;
    }

    public void Dispose()
    {
        foreach (var (pid, _) in InstanceProcesses.Of(DataDirectory))
            LauncherRun.Send(pid, LauncherRun.Kill);
        foreach (var user in SiteUsers().ToList())
            System.Diagnostics.Process.Start("/usr/sbin/userdel", [user]).WaitForExit();
        Directory.Delete(DataDirectory, recursive: true);
    }

    /// <summary>System users that the agent made for websites: their homes are below the data directory.</summary>
    private IEnumerable<string> SiteUsers() =>
        File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(user => user[5].StartsWith(DataDirectory + "/", StringComparison.Ordinal))
            .Select(user => user[0]);
}
