using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MPanel.Benchmarks.Parts;

/// <summary>One of MPanel's programs as a process of its own. Disposing ends it: SIGTERM, and SIGKILL when that takes too long.</summary>
public sealed partial class ProgramProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(40);
    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;

    private ProgramProcess(Process process, string name, string log) => (_process, _name, _log) = (process, name, log);

    public int Id => _process.Id;

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
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$BENCH_LOG\" 2>&1", dotnet, assembly, .. arguments])
        {
            WorkingDirectory = "/",
        };
        start.Environment["BENCH_LOG"] = log;
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

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, SigTerm);
            using var bound = new CancellationTokenSource(EndBound);
            try
            {
                await _process.WaitForExitAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                _ = Signal(_process.Id, SigKill);
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
