using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Brings a website to its specification: user, tree, ledger, nginx, probe, archive. Each step finds what an earlier attempt has done. User and tree come
/// before the ledger, so that a website that can't get them is never served; from the ledger on it is served, also when this agent dies: the
/// next start renders the ledger.
/// </summary>
internal sealed class ApplySite(
    AgentOptions options,
    NodeLock node,
    Ledger ledger,
    SiteUser user,
    SiteTree tree,
    FirstReleaseTree firstRelease,
    SiteSwitch sites,
    SiteProcesses processes,
    SiteArchive archive,
    SiteProbe probe
)
{
    private static readonly TimeSpan AlreadyThere = TimeSpan.FromSeconds(1);

    /// <param name="Ticket">Null when nothing is to change.</param>
    private sealed record Begun(TaskFailure? Failure, SwitchTicket? Ticket = null, bool Fresh = false);

    public async Task<TaskEnd> Run(TaskRun run, HostedSite site)
    {
        var (restored, unrestored) = await Restore(run, site);
        if (unrestored is not null)
            return unrestored;
        var (failure, ticket, fresh) = await Begin(run, site, restored);
        if (failure is not null)
            return failure;
        if (ticket is not null && (await ticket.Served ?? await Probe(run, site, ticket.Previous, fresh)) is { } unserved)
            return unserved;
        await firstRelease.RemoveLinks(run, site);
        if (site.IsSuspended && options.SystemUsers && await EndProcesses(run, site) is { } alive)
            return alive;
        var (kept, unarchived) = await Archive(run, site);
        if (unarchived is not null)
            return unarchived;
        return new TaskEnd(null, site.FirstRelease ? null : new AppliedState(site.Spec.Revision, site.Hash, kept));
    }

    // Long after the switch and without the lock: others go on meanwhile. While it is not made the website stays suspended.
    private async Task<KeptArchive> Archive(TaskRun run, HostedSite site)
    {
        if (!site.Spec.Archive)
        {
            await archive.Erase(run, site);
            return new KeptArchive(null, null);
        }
        ArchiveFacts? noted;
        using (await node.Take(run.Cancelled))
            noted = ledger.Of(site.WebsiteId)?.Archive;
        if (noted is not null && archive.Stands(noted))
            return new KeptArchive(noted, null);
        var made = await archive.Make(run, site);
        if (made.Facts is null)
            return made;
        using (await node.Take(run.Cancelled))
        {
            await run.Effects.Do(
                Effect.ArchiveNote,
                $"noting the archive {made.Facts.Name}",
                () =>
                {
                    // Unless a newer task has come meanwhile, which makes its own.
                    if (ledger.Of(site.WebsiteId) is { } entry && entry.Hash == site.Hash)
                        ledger.Put(entry with { Archive = made.Facts });
                }
            );
        }
        return made;
    }

    private async Task<RestoredTree> Restore(TaskRun run, HostedSite site)
    {
        // Most have none: they take the lock once.
        if (archive.Of(site).Count == 0)
            return new RestoredTree(null, null);
        ArchiveFacts? kept;
        using (await node.Take(run.Cancelled))
            kept = Refusal(site) is null && tree.IsGone(site) ? NotedArchive(site) : null;
        return kept is not null && archive.Stands(kept) ? await tree.Restore(run, site, kept) : new RestoredTree(null, null);
    }

    private async Task<Begun> Begin(TaskRun run, HostedSite site, string? restored)
    {
        using var held = await run.Effects.Do(Effect.Lock, "waiting for this node's other changes", () => node.Take(run.Cancelled));
        if (Refusal(site) is { } refusal)
            return new Begun(refusal);
        if (options.SystemUsers && await user.Ensure(run, site) is { } noUser)
            return new Begun(noUser);
        var (built, noTree) = await tree.Ensure(run, site, NotedArchive(site), restored);
        if (noTree is not null)
            return new Begun(noTree);
        if (options.SystemUsers)
            await user.FollowTree(run, site);
        if (!built && await Stands(run, site))
            return new Begun(null);
        // Fenced here for the last time before the switch, which is done for several tasks together.
        var entry = new LedgerEntry(site.Spec, site.Hash, site.Spec.Archive ? NotedArchive(site) : null);
        var ticket = await run.Effects.Do(
            Effect.LedgerWrite,
            $"noting revision {site.Spec.Revision} of website {site.WebsiteId}",
            () => Task.FromResult(sites.Enter(run, site.WebsiteId, entry))
        );
        return new Begun(null, ticket, built);
    }

    // A removal that was begun, and came no further, has taken the website off the ledger.
    private ArchiveFacts? NotedArchive(HostedSite site) =>
        ledger.Of(site.WebsiteId) is { } entry ? entry.Archive : ledger.ErasedOf(site.WebsiteId)?.Archive;

    private TaskFailure? Refusal(HostedSite site) =>
        LedgerRules.Objection(ledger, site)
        ?? LedgerRules.Comeback(ledger, site)
        ?? LedgerRules.TakenName(ledger, site.Spec)
        ?? tree.Refusal(site);

    private async Task<bool> Stands(TaskRun run, HostedSite site)
    {
        if (ledger.Of(site.WebsiteId) is not { SetAside: null } entry || entry.Hash != site.Hash || !sites.IsCurrent())
            return false;
        if (await probe.WaitFor([site.Primary], site.Hash, AlreadyThere, run.Cancelled) is not null)
            return false;
        run.Log.Info($"{site.Primary} answers with revision {site.Spec.Revision} already, nothing to change");
        return true;
    }

    private Task<TaskFailure?> Probe(TaskRun run, HostedSite site, LedgerEntry? previous, bool fresh)
    {
        var known = previous is { SetAside: null } ? previous.Spec.Names.ToHashSet() : [];
        string[] names =
        [
            site.Primary,
            .. site.Spec.Names.Where(n => !known.Contains(n)).Select(n => n.Name).Where(n => n != site.Primary),
        ];
        return run.Effects.Do(
            Effect.SiteProbe,
            $"asking nginx for {string.Join(", ", names.Take(3))}{(names.Length > 3 ? $" and {names.Length - 3} more" : "")}",
            () => Probe(run, site, names, fresh)
        );
    }

    private async Task<TaskFailure?> Probe(TaskRun run, HostedSite site, string[] names, bool fresh)
    {
        if (await probe.WaitFor(names, site.Hash, TimeSpan.FromSeconds(options.ProbeSeconds), run.Cancelled) is { } heard)
        {
            await sites.Doubt(run.Cancelled);
            return new TaskFailure("site_not_answering", $"After the reload {heard}.");
        }
        var status = await probe.FrontPage(site.Primary, run.Cancelled);
        if (site.IsSuspended ? status != 503 : fresh && status != 200)
            return new TaskFailure("site_not_answering", $"The first page answers with status {status}.");
        run.Log.Info($"http://{site.Primary}/ answers with status {status}");
        return null;
    }

    private async Task<TaskFailure?> EndProcesses(TaskRun run, HostedSite site)
    {
        var left = await run.Effects.Do(
            Effect.ProcessesEnd,
            $"ending the processes of {site.User}",
            () => processes.End(site.Uid, run.Cancelled)
        );
        return left == 0 ? null : new TaskFailure("processes_left", $"{left} processes of {site.User} can't be ended.");
    }
}
