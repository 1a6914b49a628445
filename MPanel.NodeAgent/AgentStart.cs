using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent;

/// <summary>What must be true before the agent may run.</summary>
internal static class AgentStart
{
    /// <summary>Lays out the directories and takes the agent's own lock, or says in one plain sentence why it cannot start.</summary>
    public static (IDisposable? Lock, string? Problem) Prepare(IServiceProvider services)
    {
        var options = services.GetRequiredService<AgentOptions>();
        try
        {
            services.GetRequiredService<NginxPrefix>().Prepare();
            services.GetRequiredService<Outbox>().Prepare();
            var token = services.GetRequiredService<TokenFile>();
            if (token.Current is null && string.IsNullOrEmpty(options.EnrolmentCode))
                return (null, $"There is no token in {token.Path} and Agent:EnrolmentCode is not set: get a one-time code from the panel.");
            var own = FileLock.TryTake(Path.Combine(options.StateDirectory, "agent.lock"));
            return own is null ? (null, $"Another agent runs with the state directory {options.StateDirectory}.") : (own, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}
