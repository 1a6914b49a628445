using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent;

/// <param name="Lock">To be held while the agent runs; null when it can't start.</param>
/// <param name="Problem">Why it can't start, in one plain sentence; null when it can.</param>
internal sealed record PreparedStart(IDisposable? Lock, string? Problem);

/// <summary>What must be true before the agent may run.</summary>
internal static class AgentStart
{
    /// <summary>Lays out the directories and takes the agent's own lock.</summary>
    public static PreparedStart Prepare(IServiceProvider services)
    {
        var options = services.GetRequiredService<AgentOptions>();
        try
        {
            // The lock comes first: what follows tidies up, and must not tidy up under an agent that is still draining.
            Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var own = FileLock.TryTake(Path.Combine(options.StateDirectory, "agent.lock"));
            if (own is null)
                return new PreparedStart(null, $"Another agent runs with the state directory {options.StateDirectory}.");
            services.GetRequiredService<NginxPrefix>().Prepare();
            services.GetRequiredService<Outbox>().Prepare();
            var token = services.GetRequiredService<TokenFile>();
            if (token.Current is not null || !string.IsNullOrEmpty(options.EnrolmentCode))
                return new PreparedStart(own, null);
            own.Dispose();
            return new PreparedStart(
                null,
                $"There is no token in {token.Path} and Agent:EnrolmentCode is not set: get a one-time code from the panel."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PreparedStart(null, e.Message);
        }
    }
}
