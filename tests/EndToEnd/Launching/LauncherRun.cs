using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MPanel.Tests.Support;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>One run of the real launcher as a process of its own, with what it said.</summary>
public sealed partial class LauncherRun : IDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private LauncherRun(Process process) => _process = process;

    /// <summary>Everything said so far, on both streams.</summary>
    public string Output => string.Join('\n', _lines);

    public int Pid => _process.Id;

    /// <param name="settings">Environment variables beside those of this process.</param>
    /// <param name="before">A program and its arguments that run the launcher, such as setpriv.</param>
    public static LauncherRun Start(IReadOnlyDictionary<string, string> settings, string[] arguments, params string[] before)
    {
        // A background job inherits an ignored SIGINT, which bash could not trap: the launcher is started as a terminal would.
        string[] command = ["--default-signal=INT", .. before, Path.Combine(Repository.Root, "mpanel"), .. arguments];
        var start = new ProcessStartInfo("/usr/bin/env", command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(inherited);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var run = new LauncherRun(Process.Start(start)!);
        run._process.OutputDataReceived += run.Take;
        run._process.ErrorDataReceived += run.Take;
        run._process.BeginOutputReadLine();
        run._process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Waits until a line holds the text. Fails with everything said when the launcher ends before, or says nothing such in time.</summary>
    public async Task WaitFor(string text, TimeSpan? patience = null)
    {
        await Eventually.True(
            () => _process.HasExited || Output.Contains(text, StringComparison.Ordinal),
            patience ?? TimeSpan.FromMinutes(5),
            () => $"The launcher has not said “{text}”, but:\n{Output}"
        );
        if (!Output.Contains(text, StringComparison.Ordinal))
            Assert.Fail($"The launcher ended without saying “{text}”:\n{Output}");
    }

    /// <summary>Waits for the end. Returns the exit code.</summary>
    public async Task<int> End(TimeSpan? patience = null)
    {
        using var bound = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(2));
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The launcher has not ended:\n{Output}");
        }
        return _process.ExitCode;
    }

    public void Send(int signal) => Send(Pid, signal);

    public static void Send(int pid, int signal) => _ = Signal(pid, signal);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Send(Terminate);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
                _process.Kill();
        }
        _process.Dispose();
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("MPANEL_", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.Contains("__", StringComparison.Ordinal);

    private void Take(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not null)
            _lines.Enqueue(e.Data);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
