using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Whether a task may write what it brings over what the node has. Asked under the node lock.</summary>
internal static class LedgerRules
{
    /// <summary>Null when it may.</summary>
    public static TaskFailure? Objection(Ledger ledger, HostedSite site)
    {
        var spec = site.Spec;
        if (ledger.Of(site.WebsiteId) is { } entry)
        {
            if (Stale(site, entry.Spec.Revision, entry.Spec.Epoch) is { } stale)
                return stale;
            if (spec.Revision == entry.Spec.Revision && spec.Revision > 0 && site.Hash != entry.Hash)
                return Conflict($"This node has another specification of revision {spec.Revision} of website {site.WebsiteId}.");
            // A panel of the first release never renames a website: this id was given twice.
            if (site.FirstRelease && HostedSite.PrimaryOf(entry.Spec) is var primary && primary != site.Primary)
                return new TaskFailure(
                    "user_taken",
                    $"The user {site.User} belongs to {primary}: the id of this website was used before.",
                    Permanent: true
                );
        }
        return null;
    }

    /// <summary>For an apply, beside <see cref="Objection"/>: a website that was removed comes back with a higher revision only.</summary>
    public static TaskFailure? Comeback(Ledger ledger, HostedSite site)
    {
        if (ledger.ErasedOf(site.WebsiteId) is not { } erased)
            return null;
        if (Stale(site, erased.Revision, erased.Epoch) is { } stale)
            return stale;
        return site.Spec.Revision == erased.Revision
            ? Conflict($"This node has removed website {site.WebsiteId} with revision {erased.Revision}.")
            : null;
    }

    /// <summary>For a removal, beside <see cref="Objection"/>: what an earlier removal says against it.</summary>
    public static TaskFailure? Removed(Tombstone? erased, HostedSite site) =>
        erased is null ? null : Stale(site, erased.Revision, erased.Epoch);

    /// <summary>For an apply: the first name that another website has.</summary>
    public static TaskFailure? TakenName(Ledger ledger, HostingSpec spec)
    {
        foreach (var name in spec.Names)
        {
            if (ledger.OwnerOf(name.Name) is { } owner && owner != spec.WebsiteId)
                return new TaskFailure("domain_already_served", $"Website {owner} on this node has the name {name.Name}.", Permanent: true);
        }
        return null;
    }

    private static TaskFailure? Stale(HostedSite site, long revision, Guid epoch)
    {
        if (epoch != Guid.Empty && site.Spec.Epoch != Guid.Empty && epoch != site.Spec.Epoch)
            return OtherInstallation(site.WebsiteId);
        return site.Spec.Revision < revision
            ? new TaskFailure(
                "node_ahead",
                $"This node has revision {revision} of website {site.WebsiteId}; the task brings revision {site.Spec.Revision}.",
                Permanent: true
            )
            : null;
    }

    public static TaskFailure OtherInstallation(long websiteId) =>
        new("other_installation", $"This node has website {websiteId} from another installation of the panel.", Permanent: true);

    private static TaskFailure Conflict(string message) => new("revision_conflict", message, Permanent: true);
}
