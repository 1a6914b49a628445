using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Work;

/// <summary>
/// The operator's own programs, <c>hooks.d/&lt;type&gt;/*</c>, run in name order after a task went well, with its payload as JSON on
/// standard input. After a kill they may run again for the same task. What goes wrong with them is a warning and no more.
/// </summary>
internal sealed class TaskHooks(AgentOptions options)
{
    public async Task Run(TaskRun run)
    {
        var directory = Path.Combine(options.HooksDirectory, run.Lease.Type);
        if (Posix.Status(directory) is not { } status)
            return;
        if (status.Kind != FileKind.Directory || !status.OnlyOursToWrite)
        {
            run.Log.Warn($"hooks in {directory} skipped: somebody else may write there");
            return;
        }
        foreach (var hook in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
            await RunOne(run, hook);
    }

    private async Task RunOne(TaskRun run, string hook)
    {
        var name = Path.GetFileName(hook);
        if (Objection(hook) is { } objection)
        {
            run.Log.Warn($"hook {name} skipped: {objection}");
            return;
        }
        try
        {
            var bound = TimeSpan.FromSeconds(options.HookSeconds);
            var end = await ExternalProgram.Run(hook, [], bound, run.Lease.Payload.GetRawText(), cancellationToken: run.Cancelled);
            if (end.ExitCode == 0)
                run.Log.Info($"hook {name} ended well: {end.Said}");
            else
                run.Log.Warn($"hook {name} failed ({end.ExitCode}): {end.Said}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            run.Log.Warn($"hook {name} could not be started: {e.Message}");
        }
    }

    private static string? Objection(string hook) =>
        Posix.Status(hook) switch
        {
            null => "it is gone",
            { Kind: not FileKind.Regular } => "it is not a regular file",
            { OnlyOursToWrite: false } => "somebody else may write it",
            { Mode: var mode } when (mode & UnixFileMode.UserExecute) == 0 => "it is not executable",
            _ => null,
        };
}
