using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Sees to it that a website stands on this node as its specification says, or not at all. Sacred path: docs/blueprint.md.</summary>
internal sealed class HostingHandler(AgentOptions options, PlanLimits plans, ApplySite apply, RemoveSite remove) : ITaskHandler
{
    public string Type => "hosting";

    public IReadOnlyList<string> Contracts { get; } = [WorkerContracts.Hosting2];

    public async Task<TaskEnd> Run(TaskRun run)
    {
        if (run.Lease.Action is not (TaskVerb.Apply or TaskVerb.Remove or FirstReleasePayload.Action))
            return new TaskFailure("action_not_supported", $"This agent cannot do '{run.Lease.Action}' for hosting.", Permanent: true);
        var (site, refusal) = HostedSite.Parse(run.Lease, options, plans);
        if (site is null)
            return refusal!;
        return run.Lease.Action == TaskVerb.Remove ? await remove.Run(run, site) : await apply.Run(run, site);
    }
}
