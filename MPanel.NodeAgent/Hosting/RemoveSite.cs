using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Nothing of a website is left, and that is shown. The tombstone comes first: a run that is killed anywhere goes on from there, and no old task
/// brings the website back.
/// </summary>
internal sealed class RemoveSite(NodeLock node, Ledger ledger, SiteSwitch sites, SiteArchive archive, SiteEraser eraser)
{
    // More than any website may have; of a removal the names are not checked otherwise.
    private const int MostNames = 200;

    /// <param name="Proof">Of a removal that is done already; otherwise null.</param>
    private sealed record Begun(TaskFailure? Failure, SwitchTicket? Ticket = null, string[]? Proof = null);

    public async Task<TaskEnd> Run(TaskRun run, HostedSite site)
    {
        // The hash takes as long as the archive is: not under the lock.
        var noted = await NotedArchive(run);
        var unharmed = noted is not null && await archive.IsUnharmed(noted, run.Cancelled) ? noted : null;
        var (failure, ticket, proof) = await Begin(run, site, unharmed);
        if (failure is not null)
            return failure;
        if (proof is not null)
            return Done(site, proof);
        if (await ticket!.Served is { } unserved)
            return unserved;
        await eraser.Erase(run, site);
        string[] names = [.. (ticket.Previous?.Spec ?? site.Spec).Names.Select(n => n.Name).Where(DomainSyntax.IsValid).Take(MostNames)];
        var found = await run.Effects.Do(Effect.EraseLook, "looking for what may be left", () => eraser.Look(site, names, run.Cancelled));
        if (found.Left.Length > 0)
            return new TaskFailure("not_erased", $"Still there: {string.Join("; ", found.Left.Take(10))}.");
        using (await node.Take(run.Cancelled))
            await run.Effects.Do(Effect.EraseProof, "noting that nothing is left", () => ledger.Bury(TombstoneOf(site, found.Gone, null)));
        return Done(site, found.Gone);

        async Task<ArchiveFacts?> NotedArchive(TaskRun task)
        {
            using (await node.Take(task.Cancelled))
                return ArchiveOf(site);
        }
    }

    // A removal that was begun has taken the website off the ledger, and goes on by the archive that it was allowed by.
    private ArchiveFacts? ArchiveOf(HostedSite site) =>
        ledger.Of(site.WebsiteId) is { } entry ? entry.Archive : ledger.ErasedOf(site.WebsiteId)?.Archive;

    private async Task<Begun> Begin(TaskRun run, HostedSite site, ArchiveFacts? unharmed)
    {
        using var held = await run.Effects.Do(Effect.Lock, "waiting for this node's other changes", () => node.Take(run.Cancelled));
        var (entry, erased) = (ledger.Of(site.WebsiteId), ledger.ErasedOf(site.WebsiteId));
        if ((LedgerRules.Objection(ledger, site) ?? LedgerRules.Removed(erased, site)) is { } refusal)
            return new Begun(refusal);
        if (entry is null && erased?.Proof is { } proof && erased.Revision == site.Spec.Revision)
        {
            run.Log.Info($"website {site.WebsiteId} was removed already");
            return new Begun(null, Proof: proof);
        }
        if (eraser.OfOtherInstallation(site))
            return new Begun(LedgerRules.OtherInstallation(site.WebsiteId));
        // Once the tree is aside, a removal that was begun may have erased the archive already.
        if ((unharmed is null || ArchiveOf(site) != unharmed) && eraser.TreesOf(site) is [var tree, ..])
            return new Begun(
                new TaskFailure(
                    "archive_missing",
                    $"{tree} stands, and there is no unharmed archive of it: nothing was removed.",
                    Permanent: true
                )
            );
        var now = TombstoneOf(site, proof: null, unharmed);
        await run.Effects.Do(Effect.TombstoneWrite, $"noting that website {site.WebsiteId} is removed for good", () => ledger.Bury(now));
        var ticket = await run.Effects.Do(
            Effect.LedgerWrite,
            $"taking website {site.WebsiteId} off what is served",
            () => Task.FromResult(sites.Enter(run, site.WebsiteId, entry: null, new Burial(now, erased)))
        );
        return new Begun(null, ticket);
    }

    private static Tombstone TombstoneOf(HostedSite site, string[]? proof, ArchiveFacts? kept) =>
        new(site.WebsiteId, site.Spec.Revision, site.Spec.Epoch, site.Hash, proof, kept);

    private static TaskEnd Done(HostedSite site, string[] proof) =>
        new(null, new AppliedState(site.Spec.Revision, site.Hash, Archive: null, proof));
}
