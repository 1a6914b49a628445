using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MPanel.Tests.Support;

/// <summary>One of MPanel's programs as a process of its own. Disposing ends it: SIGTERM, and SIGKILL when that takes too long.</summary>
public sealed partial class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(40);
    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;

    private ProgramProcess(Process process, string name, string log) => (_process, _name, _log) = (process, name, log);

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;

    /// <param name="assembly">Path of the program's dll.</param>
    /// <param name="directory">Where its output goes.</param>
    public static ProgramProcess Start(
        string name,
        string assembly,
        string directory,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var log = Path.Combine(directory, $"{name}-{Guid.NewGuid().ToString("N")[..6]}.log");
        // The shell only opens the log, and is the program from then on.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$PROGRAM_LOG\" 2>&1", dotnet, assembly, .. arguments])
        {
            WorkingDirectory = "/",
        };
        start.Environment["PROGRAM_LOG"] = log;
        foreach (var (setting, value) in settings)
            start.Environment[setting] = value;
        return new ProgramProcess(Process.Start(start)!, name, log);
    }

    /// <summary>Asks until the program is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended; the message holds the end of what it said.</exception>
    public async Task Until(Func<Task<bool>> ready, CancellationToken stop)
    {
        for (var since = Stopwatch.StartNew(); !await ready(); await Task.Delay(50, stop))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The {_name} ended at its start. It said:\n{LogEnd()}");
            if (since.Elapsed > TimeSpan.FromMinutes(3))
                throw new TimeoutException($"The {_name} was not ready within 3 minutes. It said:\n{LogEnd()}");
        }
    }

    /// <summary>Does not wait for its end.</summary>
    public void Kill() => Signals.Send(_process, Signals.Kill);

    /// <summary>Does not wait for its end.</summary>
    public void Terminate() => Signals.Send(_process, Signals.Terminate);

    /// <summary>It stands still, its connections and leases with it, until <see cref="Resume"/>.</summary>
    public void Suspend() => Signals.Send(_process, Signals.Stop);

    public void Resume() => Signals.Send(_process, Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            using var bound = new CancellationTokenSource(EndBound);
            try
            {
                await _process.WaitForExitAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
        _process.Dispose();
    }

    private string LogEnd()
    {
        using var file = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        return text.Length <= 3000 ? text : text[^3000..];
    }
}

/// <summary>Signals to a child of ours, and to nobody else: one that has ended gets none, for its number may be another's by now.</summary>
public static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(Process child, int signal)
    {
        if (!child.HasExited)
            _ = Native(child.Id, signal);
    }

    /// <param name="pid">Of a process that surely lives.</param>
    public static void Send(int pid, int signal) => _ = Native(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Native(int pid, int signal);
}
