using System.Net;
using System.Text.RegularExpressions;

namespace MPanel.Tests.EndToEnd.Launching;

[Collection(RunningPanelTests.Name)]
public sealed partial class UpTests(RunningPanel panel)
{
    [Fact]
    public async Task Up_OnAFreshMachine_SaysWhereEverythingIs()
    {
        foreach (var port in panel.Settings.Ports)
            Assert.True(await RunningPanel.Listens(port), $"Nothing listens on {port}.");
        Assert.Contains($"http://127.0.0.1:{panel.Settings.PagesPort}/", panel.FirstOutput, StringComparison.Ordinal);
        Assert.Contains("no Stripe key is set", panel.FirstOutput, StringComparison.Ordinal);
        Assert.Matches(OneTimePassword(), panel.FirstOutput);
        using var plans = await panel.Api(HttpMethod.Get, "/api/public/plans");
        Assert.Equal(HttpStatusCode.OK, plans.StatusCode);
    }

    [Fact]
    public void Up_WritesNoSecretIntoALog()
    {
        var secrets = Directory
            .EnumerateFiles(Path.Combine(panel.Settings.DataDirectory, "secrets"))
            .Select(File.ReadAllText)
            .Append(OneTimePassword().Match(panel.FirstOutput).Groups[1].Value)
            .Select(secret => secret.Trim())
            .ToList();
        var logs = Directory
            .EnumerateFiles(Path.Combine(panel.Settings.DataDirectory, "logs"), "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, ReadShared);

        Assert.True(secrets.Count >= 4);
        Assert.True(logs.Count >= 4);
        Assert.All(secrets, Assert.NotEmpty);
        Assert.DoesNotContain(logs, log => secrets.Exists(secret => log.Value.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public void Up_RunsAsRootOnlyWhatMust()
    {
        Assert.Equal("mpanel", UserOf("/programs/server/"));
        Assert.Equal("mpanel", UserOf("/programs/stripe-simulator/"));
        Assert.Equal("postgres", UserOf("/postgres/data"));
    }

    [Fact]
    public void Up_KeepsSecretsFromOtherUsers()
    {
        var secrets = Path.Combine(panel.Settings.DataDirectory, "secrets");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(secrets));
        Assert.All(
            Directory.EnumerateFiles(secrets),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
    }

    [Theory]
    [InlineData(LauncherRun.Interrupt)]
    [InlineData(LauncherRun.Terminate)]
    public async Task Up_WhenToldToStop_LeavesNothingAndContinuesLater(int signal)
    {
        var key = panel.MarketingKey;

        panel.Up.Send(signal);

        Assert.Equal(0, await panel.Up.End());
        Assert.Contains("Stopped.", panel.Up.Output, StringComparison.Ordinal);
        Assert.Empty(InstanceProcesses.Of(panel.Settings.DataDirectory));
        foreach (var port in panel.Settings.Ports)
            Assert.False(await RunningPanel.Listens(port), $"Something listens on {port}.");
        await ContinuesWith(key);
    }

    [Fact]
    public async Task Up_AfterEverythingWasKilled_Continues()
    {
        var key = panel.MarketingKey;

        panel.Up.Send(LauncherRun.Kill);
        await panel.Up.End();
        foreach (var (pid, _) in InstanceProcesses.Of(panel.Settings.DataDirectory))
            LauncherRun.Send(pid, LauncherRun.Kill);
        // After a restart of the machine, the pid in PostgreSQL's stale file may well be another program's: here, this one's.
        var pidFile = Path.Combine(panel.Settings.DataDirectory, "postgres", "data", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile);
        await File.WriteAllLinesAsync(pidFile, [$"{Environment.ProcessId}", .. lines[1..]]);

        await ContinuesWith(key);
    }

    [Fact]
    public async Task Up_AfterOnlyTheLauncherWasKilled_StopsWhatItLeftAndContinues()
    {
        var key = panel.MarketingKey;

        panel.Up.Send(LauncherRun.Kill);
        await panel.Up.End();
        var orphans = InstanceProcesses.Of(panel.Settings.DataDirectory);
        Assert.Contains(orphans, process => process.Program == "postgres");
        Assert.Contains(orphans, process => process.Program == "nginx");

        await ContinuesWith(key);
        Assert.Contains("left over from an earlier run", panel.Up.Output, StringComparison.Ordinal);
        Assert.Empty(InstanceProcesses.Of(panel.Settings.DataDirectory).Select(p => p.Pid).Intersect(orphans.Select(p => p.Pid)));
    }

    [Fact]
    public async Task Up_WhenTheServerDies_SaysSoAndStartsItAgain()
    {
        var before = panel.Up.Output.Length;
        var server = Directory
            .EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var pid) ? pid : 0)
            .Single(pid =>
                pid > 0 && CommandLine(pid).Contains($"{panel.Settings.DataDirectory}/programs/server/", StringComparison.Ordinal)
            );

        LauncherRun.Send(server, LauncherRun.Kill);

        await panel.Up.WaitFor("The server ended by itself, with code 137", TimeSpan.FromSeconds(30));
        await Eventually.True(
            async () =>
            {
                try
                {
                    using var plans = await panel.Api(HttpMethod.Get, "/api/public/plans");
                    return plans.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromMinutes(1),
            () => panel.Up.Output[before..]
        );
        Assert.DoesNotContain("processes.sh", panel.Up.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WhileAnotherRuns_SaysSo()
    {
        var said = await panel.Settings.RunToEnd(1, "up");

        Assert.Contains("another ./mpanel up is already running", said, StringComparison.Ordinal);
        using var plans = await panel.Api(HttpMethod.Get, "/api/public/plans");
        Assert.Equal(HttpStatusCode.OK, plans.StatusCode);
    }

    [Fact]
    public async Task Status_OfARunningPanel_NamesItsPorts()
    {
        var said = await panel.Settings.RunToEnd(0, "status");

        Assert.All(panel.Settings.Ports, port => Assert.Contains($"listens on port {port}", said, StringComparison.Ordinal));
    }

    private async Task ContinuesWith(string key)
    {
        await panel.Start();
        Assert.Equal(key, panel.MarketingKey);
        Assert.DoesNotMatch(OneTimePassword(), panel.Up.Output);
        using var plans = await panel.Api(HttpMethod.Get, "/api/public/plans");
        Assert.Equal(HttpStatusCode.OK, plans.StatusCode);
    }

    /// <summary>The one process whose command line names this part of the data directory.</summary>
    private int PidOf(string part) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var pid) ? pid : 0)
            .Single(pid => pid > 0 && CommandLine(pid).Contains(panel.Settings.DataDirectory + part, StringComparison.Ordinal));

    private string UserOf(string part)
    {
        var uid = File.ReadLines($"/proc/{PidOf(part)}/status")
            .First(line => line.StartsWith("Uid:", StringComparison.Ordinal))
            .Split('\t')[1];
        return File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(user => user[2] == uid)[0];
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"one-time password (\S+)")]
    private static partial Regex OneTimePassword();
}
