using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;

namespace MPanel.Jobs.Provisioning;

/// <summary>What an agent can do for this release: an agent of an earlier one names a type, and not the contract that its tasks come in now.</summary>
public static class AgentAbilities
{
    /// <summary>Stands for hosting in what is kept of an agent that doesn't know <see cref="WorkerContracts.Hosting2"/>.</summary>
    public const string OldHosting = "hosting-1";

    /// <summary>The first version of the agent that does all of it.</summary>
    public const string LeastVersion = "0.2";

    /// <param name="said">Types and contracts, as the agent names them.</param>
    public static string[] Of(IEnumerable<string> said)
    {
        var types = said.Distinct(StringComparer.Ordinal).ToList();
        var hosts = types.Contains(WorkerContracts.Hosting2);
        return [.. types.Where(t => t != WorkerContracts.Hosting2).Select(t => t == TaskKind.Hosting && !hosts ? OldHosting : t)];
    }
}
