using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Nginx;

/// <param name="Said">What <c>nginx -t</c> printed, not cleaned.</param>
/// <param name="TimedOut">It says nothing about the configuration.</param>
internal sealed record NginxTest(bool Valid, string Said, bool TimedOut = false);

/// <summary>The node's nginx: test its configuration, start it, have it read its configuration again.</summary>
internal sealed partial class NginxServer(AgentOptions options, NginxLayout layout, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // nginx gives the new workers a tenth of a second: a task waits no longer than that for nothing.
    private static readonly TimeSpan RetirePause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan OrphanBound = TimeSpan.FromSeconds(3);
    private TimeSpan ProgramBound => TimeSpan.FromSeconds(options.ProgramSeconds);

    /// <summary>The master's process id, or null when it does not run.</summary>
    public int? Master()
    {
        // nginx -t leaves an empty pid file where none was, and a killed nginx a stale one, whose number another process may have now.
        if (
            !File.Exists(layout.PidFile)
            || !int.TryParse(File.ReadAllText(layout.PidFile), CultureInfo.InvariantCulture, out var pid)
            || pid <= 1
        )
            return null;
        return NginxProcesses.IsOurMaster(pid) ? pid : null;
    }

    /// <param name="config">Of a managed nginx: the main configuration to test; null for the one that is in place.</param>
    public async Task<NginxTest> Test(string? config = null)
    {
        var end = await ExternalProgram.Run(options.NginxBinary, [.. layout.SelectionOf(config ?? layout.MainConfig), "-t"], ProgramBound);
        return new NginxTest(end.ExitCode == 0, end.TimedOut ? end.Said : end.Error, end.TimedOut);
    }

    /// <returns>The workers that still have the earlier configuration, or null when nginx does not run.</returns>
    public IReadOnlyList<int>? Reload()
    {
        if (Master() is not { } pid)
            return null;
        var earlier = NginxProcesses.WorkersOf(pid);
        return Posix.Signal(pid, Posix.SigHup) ? earlier : null;
    }

    /// <summary>Has nginx open its logs anew, so that it leaves one that was renamed. Nothing when it does not run.</summary>
    public void ReopenLogs()
    {
        if (Master() is { } pid)
            Posix.Signal(pid, Posix.SigUsr1);
    }

    /// <summary>Waits until none of the workers takes new requests: before that, either configuration may answer.</summary>
    /// <returns>False when the bound came first.</returns>
    public async Task<bool> Retired(IReadOnlyList<int> workers, TimeSpan bound, CancellationToken cancelled)
    {
        for (var since = time.GetTimestamp(); workers.Any(NginxProcesses.Accepts); await Task.Delay(RetirePause, time, cancelled))
        {
            if (time.GetElapsedTime(since) >= bound)
                return false;
        }
        return true;
    }

    /// <summary>Starts a managed nginx. Null when it runs.</summary>
    public async Task<TaskFailure?> Start()
    {
        if (!options.NginxManaged)
            return new TaskFailure("nginx_not_running", $"The host's nginx does not run: {layout.PidFile} names no nginx process.");
        try
        {
            if (await Test() is { Valid: false } test)
                return InvalidConfig(test);
            await RetireOrphans();
            var end = await ExternalProgram.Run(options.NginxBinary, layout.Selection, ProgramBound);
            if (end.ExitCode != 0)
                return new TaskFailure("nginx_not_running", $"nginx does not start: {end.Said}");
        }
        catch (Win32Exception e)
        {
            return new TaskFailure("nginx_not_running", $"{options.NginxBinary} cannot be run: {e.Message}");
        }
        return await Appeared()
            ? null
            : new TaskFailure("nginx_not_running", "nginx ended right after it was started; its error.log says why.");
    }

    /// <summary>
    /// Ends nginx, at first with the requests it is at. The process itself is waited for: when a master ends, it deletes the pid file, also that of the
    /// next one.
    /// </summary>
    /// <returns>False when it can't be ended.</returns>
    public async Task<bool> Stop()
    {
        if (Master() is not { } pid)
            return true;
        foreach (var signal in new[] { Posix.SigQuit, Posix.SigTerm, Posix.SigKill })
        {
            Posix.Signal(pid, signal);
            for (var waited = 0; waited < 100; waited++)
            {
                if (!NginxProcesses.IsOurMaster(pid))
                    return true;
                await Task.Delay(Pause, time);
            }
        }
        return false;
    }

    /// <summary>A master that was told to quit, by an agent that did not live to see it, takes no signal to reload: it is ended.</summary>
    public async Task EndQuitting()
    {
        if (!options.NginxManaged || Master() is not { } pid)
            return;
        // One that has only started has no workers yet.
        for (var waited = 0; waited < 20; waited++)
        {
            if (Master() != pid || NginxProcesses.WorkersOf(pid).Count > 0)
                return;
            await Task.Delay(Pause, time);
        }
        await Stop();
    }

    /// <summary>Names the file that is at fault, when nginx does.</summary>
    public static TaskFailure InvalidConfig(NginxTest test)
    {
        var culprit = Culprit().Match(test.Said);
        var where = culprit.Success ? $" The fault is in {culprit.Groups[1].Value}, line {culprit.Groups[2].Value}." : "";
        return new TaskFailure("nginx_config_invalid", $"nginx does not accept its configuration.{where} It says: {test.Said}");
    }

    /// <summary>The file that nginx says is at fault, or null.</summary>
    public static string? CulpritOf(NginxTest test) => Culprit().Match(test.Said) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Names that <c>nginx -t</c> says two servers have. nginx only warns, and then serves one of them.</summary>
    public static IReadOnlySet<string> Conflicts(NginxTest test) =>
        Conflict().Matches(test.Said).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    // A killed master's workers live on: they serve what they know, and hold the port. Asked to quit, they leave it at once and end
    // after the requests they are at.
    private async Task RetireOrphans()
    {
        var orphans = NginxProcesses.OrphansOf(layout.Prefix);
        foreach (var orphan in orphans)
            Posix.Signal(orphan, Posix.SigQuit);
        if (await Retired(orphans, OrphanBound, CancellationToken.None))
            return;
        foreach (var stubborn in NginxProcesses.OrphansOf(layout.Prefix))
            Posix.Signal(stubborn, Posix.SigKill);
    }

    // The parent returns before the daemon has written its pid file.
    private async Task<bool> Appeared()
    {
        for (var waited = 0; waited < 100; waited++)
        {
            if (Master() is not null)
                return true;
            await Task.Delay(Pause, time);
        }
        return false;
    }

    [GeneratedRegex(@"conflicting server name ""([^""]+)""")]
    private static partial Regex Conflict();

    [GeneratedRegex(@"\[emerg\].* in (/\S+):(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Culprit();
}
