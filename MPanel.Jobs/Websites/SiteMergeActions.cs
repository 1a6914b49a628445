using Microsoft.Extensions.Options;
using MPanel.Database.Domains;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <summary>Makes one website of a name and its www name, where an earlier release made two.</summary>
public sealed class SiteMergeActions(
    NpgsqlDataSource dataSource,
    PublicSuffixes suffixes,
    TaskAnnouncements announcements,
    IOptions<WebsiteOptions> options
)
{
    private const int MostNames = 100;

    /// <summary>What would be done; nothing is changed.</summary>
    /// <param name="id">Of either website.</param>
    public async Task<Outcome<OverlappingSites>> Preview(long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        return await WebsiteFacts.Of(db, id) is null ? new Outcome<OverlappingSites>.Missing()
            : await MergeNames.Of(db, id) is { } pair ? new Outcome<OverlappingSites>.Done(pair)
            : NoOverlap;
    }

    /// <summary>
    /// The www name is an alias of the website without it, at once: nobody has a name twice, and no name is dark but between two reloads. The
    /// other's files are archived, and erased when the grace is over.
    /// </summary>
    public async Task<Outcome<ChangedWebsite>> Merge(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await WebsiteFacts.Of(db, id) is null)
            return new Outcome<ChangedWebsite>.Missing();
        if (await MergeNames.Of(db, id) is not { } found)
            return NoOverlap;
        // The domain before the websites, as orders take them; and these by their ids, so that two of us never wait for each other.
        await ClaimDomain.Lock(transaction, suffixes.Related(found.Merged));
        var first = await LockedWebsite.Take(transaction, Math.Min(found.KeptId, found.MergedId));
        var second = await LockedWebsite.Take(transaction, Math.Max(found.KeptId, found.MergedId));
        if (await MergeNames.Of(db, id) is not { } pair || pair.KeptId != found.KeptId || pair.MergedId != found.MergedId)
            return NoOverlap;
        var (kept, merged) = first!.Id == pair.KeptId ? (first, second!) : (second!, first);
        if (await Hinders(db, kept, merged) is { } why)
            return why;
        await MergeNames.Run(transaction, pair, $"merged-{merged.Id}.invalid", options.Value.RemovalGrace);
        var text = $"{pair.Merged} is a name of {pair.Kept}. What stood there is archived, and erased after the grace.";
        var servers = await Bring(transaction, actor, kept, merged, text);
        await actor
            .Audit("website.names_merged", $"website {pair.Kept}", AuditJson.Of(pair), AuditJson.Of(await Hostnames.Of(db, kept.Id)))
            .Append(db, transaction);
        await transaction.CommitAsync();
        await announcements.Send(db, servers);
        return new Outcome<ChangedWebsite>.Done(new ChangedWebsite(kept.Id, text));
    }

    private static readonly Refusal NoOverlap = Refusal.State(
        "no_overlap",
        "It is no name whose www name is another website of its customer."
    );

    private static async Task<Refusal?> Hinders(NpgsqlConnection db, LockedWebsite kept, LockedWebsite merged)
    {
        foreach (var site in (LockedWebsite[])[kept, merged])
        {
            if (site.Standing.Ahead)
                return WebsiteActions.Ahead(site);
            // A suspension would end, or begin, for a name that it isn't meant for.
            if (site.Status != WebsiteState.Active)
                return Refusal.State("website_not_active", $"{site.Domain} is {site.Status}. Both websites must be active.");
        }
        var names = (await Hostnames.Of(db, kept.Id)).Count + (await Hostnames.Of(db, merged.Id)).Count;
        return names > MostNames ? Refusal.State("too_many_names", $"A website has at most {MostNames} names.") : null;
    }

    private static async Task<IReadOnlyList<long>> Bring(
        NpgsqlTransaction transaction,
        Actor actor,
        LockedWebsite kept,
        LockedWebsite merged,
        string text
    )
    {
        var servers = new List<long>();
        foreach (var site in (LockedWebsite[])[merged, kept])
        {
            var errand = new WebsiteErrand(
                actor.Name,
                actor.CorrelationId,
                ServerRole: site.ServerRole,
                ServerTags: site.ServerTags,
                First: site == merged
            );
            if ((await BringWebsite.Run(transaction, site.Id, errand, text)).ServerId is { } server)
                servers.Add(server);
        }
        return [.. servers.Distinct()];
    }
}
