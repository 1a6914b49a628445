using System.Diagnostics;
using System.Net.Sockets;
using MPanel.Tests.Support;

namespace MPanel.Faults.World;

/// <summary>
/// A hosting server: its agent with an nginx, on a small file system of its own where the machine lets us mount one, behind a way of its
/// own to the panel. The agent is kept running as an init system does.
/// </summary>
public sealed class Node : IAsyncDisposable
{
    private static readonly string? FakeTime = Directory
        .GetDirectories("/usr/lib", "*-linux-gnu*")
        .Select(d => Path.Combine(d, "faketime", "libfaketime.so.1"))
        .FirstOrDefault(File.Exists);
    private const int DiskMegabytes = 192;

    // One range for all nodes: a website has its number once in the whole panel. Beyond the range of other tests on this machine, and
    // free of users when the first node starts: a website whose id is taken is never made.
    private static readonly long FirstUserId = FreeUsers.Ids(
        2_130_000_000,
        100_000,
        170,
        Environment.ProcessId % 170,
        File.ReadAllLines("/etc/passwd")
    );
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;
    private readonly List<string> _mounts = [];
    private readonly SemaphoreSlim _one = new(1);

    private Node(string name, AgentProcess agent, Gate gate)
    {
        (Name, Agent, Gate) = (name, agent, gate);
        Mount();
        agent.Restart();
        _keeping = Keep();
    }

    /// <summary>The server's in the panel.</summary>
    public string Name { get; }
    public AgentProcess Agent { get; }

    /// <summary>Its network to the panel.</summary>
    public Gate Gate { get; }

    /// <summary>Has a disk of its own that can be filled and made read-only.</summary>
    public bool HasDisk => _mounts.Count > 0;

    public static bool CanFakeTime => FakeTime is not null;

    public static Node Start(string name, int number, string enrolmentCode, Func<IReadOnlyList<int>> webs, string logs)
    {
        var gate = new Gate(webs);
        var agent = AgentProcess.Prepare(
            gate.Url,
            enrolmentCode,
            ("UidBase", $"{FirstUserId}"),
            ("HeartbeatSeconds", "1"),
            ("ClaimWaitSeconds", "5"),
            ("DrainSeconds", "10"),
            ("RefusedRetrySeconds", "2"),
            ("ProbeSeconds", "8")
        );
        agent.LogFile = Path.Combine(logs, $"agent-{number}.log");
        return new Node(name, agent, gate);
    }

    /// <summary>From now on the agent believes it is so much later; it is started anew. Zero for the true time.</summary>
    public async Task SetClock(TimeSpan ahead)
    {
        await WithAgent(() => SetTimeOfNextStart(ahead));
        await Kill();
    }

    private void SetTimeOfNextStart(TimeSpan ahead)
    {
        Agent.Variables.Remove("LD_PRELOAD");
        if (ahead != TimeSpan.Zero)
        {
            Agent.Variables["LD_PRELOAD"] = FakeTime!;
            Agent.Variables["FAKETIME"] = $"{(ahead > TimeSpan.Zero ? "+" : "-")}{ahead.Duration().TotalSeconds:0}s";
            // Durations stay what they are: a wrong clock is not a fast one.
            Agent.Variables["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            Agent.Variables["DONT_FAKE_MONOTONIC"] = "1";
        }
    }

    /// <summary>kill -9 for the agent. Like all below, never while it is just being started.</summary>
    public Task Kill() => WithAgent(() => Agent.HasExited ? Task.CompletedTask : Agent.Kill());

    public Task Terminate() => WithAgent(Agent.Terminate);

    public Task Suspend() => WithAgent(Agent.Suspend);

    public Task Resume() => WithAgent(Agent.Resume);

    /// <summary>Leaves no byte free.</summary>
    public void FillDisk()
    {
        using var file = new FileStream(FillerPath, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        // The last bytes go with the smaller pieces.
        foreach (var size in (int[])[256 * 1024, 512])
            WriteUntilFull(file, new byte[size]);
    }

    private static void WriteUntilFull(FileStream file, byte[] piece)
    {
        try
        {
            while (true)
                file.Write(piece);
        }
        catch (IOException)
        {
            // Full, which was wanted.
        }
    }

    public void EmptyDisk() => File.Delete(FillerPath);

    /// <summary>The websites' files and nginx's vhosts can be read only.</summary>
    public void SetReadOnly(bool on)
    {
        foreach (var mount in _mounts.Skip(1))
            Run("mount", "-o", $"remount,bind,{(on ? "ro" : "rw")}", mount);
    }

    /// <summary>Keeps nginx's port for us. The agent, which would start nginx again at once, stands still until we have it.</summary>
    public async Task<TcpListener> TakePort()
    {
        await Suspend();
        try
        {
            await Agent.KillNginx();
            for (var tries = 0; ; tries++)
            {
                var listener = new TcpListener(System.Net.IPAddress.Loopback, Agent.Port);
                try
                {
                    listener.Start();
                    return listener;
                }
                catch (SocketException) when (tries < 50)
                {
                    // An nginx that was just being started may have come up since.
                    await Agent.KillNginx();
                    await Task.Delay(10);
                }
            }
        }
        finally
        {
            await Resume();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        await Kill();
        await Agent.KillNginx();
        foreach (var mount in Enumerable.Reverse(_mounts))
            Run("umount", "--lazy", mount);
        await Agent.DisposeAsync();
        await Gate.DisposeAsync();
        _stop.Dispose();
        _one.Dispose();
    }

    private string FillerPath => Path.Combine(Agent.Root, "filler");

    private void Mount()
    {
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={DiskMegabytes}m,mode=755", "mpanel-faults", Agent.Root))
            return;
        _mounts.Add(Agent.Root);
        Directory.CreateDirectory(Agent.NginxPrefix);
        foreach (var directory in (string[])[Agent.SitesDirectory, Agent.VhostDirectory])
        {
            Directory.CreateDirectory(directory);
            // A mount of its own can be made read-only while other files of the file system are being written.
            if (Run("mount", "--bind", directory, directory))
                _mounts.Add(directory);
        }
    }

    private async Task Keep()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
                await WithAgent(() =>
                {
                    if (Agent.HasExited)
                        Agent.Restart();
                });
        }
    }

    private Task WithAgent(Action act) =>
        WithAgent(() =>
        {
            act();
            return Task.CompletedTask;
        });

    private async Task WithAgent(Func<Task> act)
    {
        await _one.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            _one.Release();
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments])
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
