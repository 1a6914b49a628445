using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using MPanel.NodeAgent;

namespace MPanel.Tests.Support;

/// <summary>
/// A node agent as a process of its own, in a directory of its own, with an nginx of its own on a free port of loopback.
/// Disposing kills both and removes the system users and files they made.
/// </summary>
public sealed class AgentProcess : IAsyncDisposable
{
    private static int _instances;
    private readonly Dictionary<string, string> _settings;
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        }
    );
    private Process? _process;
    private string? _user;

    private AgentProcess(string directory, string userPrefix, long uidBase, int port, Dictionary<string, string> settings)
    {
        (Root, UserPrefix, UidBase, Port, _settings) = (directory, userPrefix, uidBase, port, settings);
        LogFile = Path.Combine(directory, "agent.log");
    }

    public string Root { get; }
    public string UserPrefix { get; }
    public long UidBase { get; }

    /// <summary>Of the last start.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>nginx's.</summary>
    public int Port { get; }
    public string StateDirectory => Path.Combine(Root, "state");
    public string SitesDirectory => Path.Combine(Root, "sites");
    public string NginxPrefix => Path.Combine(Root, "nginx");
    public string VhostDirectory => Path.Combine(NginxPrefix, "sites");

    /// <summary>What the node shall serve, a file for each website.</summary>
    public string LedgerDirectory => Path.Combine(VhostDirectory, ".mpanel", "sites");

    /// <summary>Every website's, as nginx writes it.</summary>
    public string AccessLog => Path.Combine(NginxPrefix, "logs", "sites.log");
    public string HooksDirectory => Path.Combine(Root, "hooks.d");

    /// <summary>Of the next start.</summary>
    public string Environment { get; set; } = "Development";

    /// <summary>What the agent prints goes there. Of the next start.</summary>
    public string LogFile { get; set; }

    /// <summary>Further environment variables of the next start.</summary>
    public Dictionary<string, string> Variables { get; } = [];
    public bool HasExited => _process is null or { HasExited: true };

    /// <summary>How many outcomes the panel has not acknowledged yet.</summary>
    public int KeptOutcomes => Directory.GetFiles(Path.Combine(StateDirectory, "outbox")).Length;

    /// <summary>Everything the agent has printed in this directory, over all its starts.</summary>
    public string Log => File.Exists(LogFile) ? ReadShared(LogFile) : "";

    /// <summary>Lays out a directory and starts an agent in it.</summary>
    /// <param name="settings">Further settings of section Agent, such as <c>("Slots", "4")</c>; they win over the usual ones.</param>
    public static AgentProcess Start(string panelUrl, string enrolmentCode, params (string Name, string Value)[] settings)
    {
        var agent = Prepare(panelUrl, enrolmentCode, settings);
        agent.Restart();
        return agent;
    }

    /// <summary>As <see cref="Start"/>, but the process is started by <see cref="Restart"/>.</summary>
    public static AgentProcess Prepare(string panelUrl, string enrolmentCode, params (string Name, string Value)[] settings)
    {
        var root = Directory.CreateTempSubdirectory("mpanel-agent-").FullName;
        // nginx's workers are another user and must pass.
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        // Names and ids that no other agent on this machine uses, in this test run or another.
        var number = Interlocked.Increment(ref _instances);
        var process = System.Environment.ProcessId;
        var passwd = File.ReadAllLines("/etc/passwd");
        var uidBase = FreeUsers.Ids(2_020_000_000, 100, 1_000_000, process % 100_000 * 10 + number % 10, passwd);
        var prefix = FreeUsers.Prefix(process, number, passwd);
        var port = PostgresCluster.FreePort();
        var all = new Dictionary<string, string>
        {
            ["PanelUrl"] = panelUrl,
            ["EnrolmentCode"] = enrolmentCode,
            ["StateDirectory"] = Path.Combine(root, "state"),
            ["SitesDirectory"] = Path.Combine(root, "sites"),
            ["NginxPrefix"] = Path.Combine(root, "nginx"),
            ["HooksDirectory"] = Path.Combine(root, "hooks.d"),
            ["NginxAddress"] = "127.0.0.1",
            ["NginxPort"] = port.ToString(CultureInfo.InvariantCulture),
            ["UserPrefix"] = prefix,
            ["UidBase"] = uidBase.ToString(CultureInfo.InvariantCulture),
            ["ClaimWaitSeconds"] = "5",
            ["HeartbeatSeconds"] = "1",
            // Not within a test, unless it asks for it.
            ["AccessLogSeconds"] = "3600",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        return new AgentProcess(root, prefix, uidBase, port, all);
    }

    /// <summary>Starts the agent in the same directory, as after a crash or a stop.</summary>
    /// <param name="settings">Change the settings from now on.</param>
    public void Restart(params (string Name, string Value)[] settings)
    {
        if (!HasExited)
            throw new InvalidOperationException("The agent still runs.");
        foreach (var (name, value) in settings)
            _settings[name] = value;
        _process?.Dispose();
        // The shell only opens the log, and is the agent from then on: no pipe that a killed test host would break.
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" >>\"$AGENT_LOG\" 2>&1", .. AsUser, Dotnet, typeof(AgentOptions).Assembly.Location]
        )
        {
            WorkingDirectory = "/",
        };
        start.Environment["AGENT_LOG"] = LogFile;
        start.Environment["DOTNET_ENVIRONMENT"] = Environment;
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        foreach (var (name, value) in _settings)
            start.Environment[$"Agent__{name.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>From the next start on the agent is another user's process; its directory becomes his.</summary>
    public void RunAs(string user)
    {
        _user = user;
        using var chown = Process.Start(new ProcessStartInfo("/usr/bin/chown", ["-R", $"{user}:", Root]))!;
        chown.WaitForExit();
    }

    /// <summary>SIGTERM, and waits for the end. Returns the exit code.</summary>
    public async Task<int> Stop(TimeSpan? bound = null)
    {
        Terminate();
        return await WaitForExit(bound ?? TimeSpan.FromSeconds(60));
    }

    /// <summary>SIGTERM, without waiting.</summary>
    public void Terminate() => Signals.Send(_process!, Signals.Terminate);

    /// <summary>SIGSTOP: it stands still until <see cref="Resume"/>.</summary>
    public void Suspend() => Signals.Send(_process!, Signals.Stop);

    public void Resume() => Signals.Send(_process!, Signals.Continue);

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        Signals.Send(_process!, Signals.Kill);
        await WaitForExit(TimeSpan.FromSeconds(30));
    }

    /// <returns>The exit code; 137 after SIGKILL.</returns>
    public async Task<int> WaitForExit(TimeSpan bound)
    {
        using var limit = new CancellationTokenSource(bound);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The agent did not end within {bound.TotalSeconds:0} s. It said:\n{Log}");
        }
    }

    /// <summary>GET through the agent's nginx. Status 0 when nginx gave no answer, as for a name it does not serve.</summary>
    public async Task<(int Status, string Body)> Get(string host, string path = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port}{path}");
        request.Headers.Host = host;
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return (0, "");
        }
    }

    /// <summary>The id of nginx's master, or null when it does not run.</summary>
    public int? NginxMaster()
    {
        var file = Path.Combine(NginxPrefix, "nginx.pid");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var pid) && IsOurNginx(pid)
            ? pid
            : null;
    }

    /// <summary>kill -9 for nginx, master and workers, as a crash would.</summary>
    public async Task KillNginx()
    {
        // Workers outlive their master, so they are named too; and it may be starting others meanwhile.
        await Wait.Until(
            () =>
            {
                var left = NginxProcesses();
                left.ForEach(pid => Signals.Send(pid, Signals.Kill));
                return left.Count == 0;
            },
            "nginx to be gone"
        );
    }

    /// <summary>kill -9 for nginx's master alone, if it runs. Returns the workers, which go on serving.</summary>
    public List<int> KillNginxMaster()
    {
        var master = NginxMaster();
        if (master is { } pid)
            Signals.Send(pid, Signals.Kill);
        return [.. NginxProcesses().Where(p => p != master)];
    }

    public void SuspendNginx() => NginxProcesses().ForEach(pid => Signals.Send(pid, Signals.Stop));

    public void ResumeNginx() => NginxProcesses().ForEach(pid => Signals.Send(pid, Signals.Continue));

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
            await Kill();
        _process?.Dispose();
        _http.Dispose();
        await KillNginx();
        foreach (var user in Users())
            await Run("/usr/sbin/userdel", user);
        // A test may have made paths that are too long for .NET to delete.
        await Run("/usr/bin/rm", "-rf", "--one-file-system", "--", Root);
    }

    /// <summary>The system users this agent has made.</summary>
    public IReadOnlyList<string> Users() =>
        [
            .. File.ReadAllLines("/etc/passwd")
                .Select(l => l.Split(':')[0])
                .Where(n =>
                    n.StartsWith(UserPrefix, StringComparison.Ordinal)
                    && n.Length > UserPrefix.Length
                    && n[UserPrefix.Length..].All(char.IsAsciiDigit)
                ),
        ];

    private List<int> NginxProcesses() => [.. AllProcesses().Where(p => IsOurNginx(p) || IsOurWorker(p))];

    // By its open logs: its parent may be gone.
    private bool IsOurWorker(int pid)
    {
        if (!ReadProc(pid, "cmdline").StartsWith("nginx: worker", StringComparison.Ordinal))
            return false;
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd")
                .EnumerateFiles()
                .Any(f => f.LinkTarget?.StartsWith(NginxPrefix + "/", StringComparison.Ordinal) ?? false);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool IsOurNginx(int pid)
    {
        var commandLine = ReadProc(pid, "cmdline");
        return commandLine.StartsWith("nginx: master process", StringComparison.Ordinal)
            && commandLine.Contains(NginxPrefix, StringComparison.Ordinal);
    }

    private static IEnumerable<int> AllProcesses() =>
        Directory
            .GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(n => n!.All(char.IsAsciiDigit))
            .Select(n => int.Parse(n!, CultureInfo.InvariantCulture));

    private static string ReadProc(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadShared(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    // May read what root may, for the runtime and the build can stand in a directory of root's; may write only as the user.
    private string[] AsUser =>
        _user is null
            ? []
            :
            [
                "/usr/bin/setpriv",
                $"--reuid={_user}",
                "--regid=nogroup",
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search",
            ];

    private static string Dotnet => System.Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    private static async Task Run(string file, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", file, .. arguments])
        )!;
        await process.WaitForExitAsync();
    }
}
