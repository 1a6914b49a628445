using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Work;

/// <summary>Kills the agent after a named effect, the first time only, to prove that it can be killed there. Works in Development alone.</summary>
internal sealed class FaultSwitch(AgentOptions options, IHostEnvironment environment)
{
    private readonly string? _dieAfter = environment.IsDevelopment() ? options.Faults.DieAfter : null;

    public void After(Effect effect)
    {
        if (_dieAfter != effect.Name)
            return;
        var marker = Path.Combine(options.StateDirectory, $"died-after-{effect.Name}");
        if (File.Exists(marker))
            return;
        DurableFile.Write(marker, [], DurableFile.Private);
        Posix.Signal(Environment.ProcessId, Posix.SigKill);
        // The signal may reach another thread first: nothing may happen here meanwhile.
#pragma warning disable RS0030
        Thread.Sleep(Timeout.Infinite);
#pragma warning restore RS0030
    }
}
