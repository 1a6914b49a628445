using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Sees to it that a website stands on this node and answers with its plan. Sacred path: docs/blueprint.md.</summary>
internal sealed class HostingHandler(AgentOptions options, NodeLock node, SiteUser user, SiteTree tree, SiteVhost vhost) : ITaskHandler
{
    public string Type => "hosting";

    public async Task<TaskFailure?> Run(TaskRun run)
    {
        if (run.Lease.Action != "create")
            return new TaskFailure("action_not_supported", $"This agent cannot do '{run.Lease.Action}' for hosting.", Permanent: true);
        var (site, refusal) = HostedSite.Parse(run.Lease, options);
        if (site is null)
            return refusal;
        using var held = await run.Effects.Do(Effect.Lock, "waiting for this node's other changes", () => node.Take(run.Cancelled));
        if (tree.Refusal(site) is { } taken)
            return taken;
        if (options.SystemUsers && await user.Ensure(run, site) is { } noUser)
            return noUser;
        var (built, noTree) = await tree.Ensure(run, site);
        return noTree ?? await vhost.Apply(run, site, fresh: built);
    }
}
