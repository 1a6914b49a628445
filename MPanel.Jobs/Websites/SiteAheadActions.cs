using Microsoft.Extensions.Options;
using MPanel.Database.Domains;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <summary>
/// What a person decides about a website of which its server has something later than this panel, as after the panel was restored from a backup.
/// That this panel's counts is <see cref="WebsiteActions.Overtake"/>.
/// </summary>
public sealed class SiteAheadActions(
    NpgsqlDataSource dataSource,
    PublicSuffixes suffixes,
    ReservedDomains reserved,
    TaskAnnouncements announcements,
    IOptions<WebsiteOptions> options
)
{
    private const int MostNames = 100;
    private const int MostRedirects = 50;

    // The one of these that its visitors are told is the first that holds.
    private static readonly string[] Reasons = [SuspensionReason.Abuse, SuspensionReason.Unpaid, SuspensionReason.Customer];

    /// <summary>Both, side by side; nothing is changed.</summary>
    public async Task<Outcome<AheadSite>> Compare(long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await WebsiteFacts.Of(db, id) is not { } website)
            return new Outcome<AheadSite>.Missing();
        if (await WebsiteFacts.Standing(db, id) is not { Condition: "ahead" } || await KeptSpec.Wanted(db, id) is not { } wanted)
            return NotAhead(website.Domain);
        var panel = KeptState.SpecOf(wanted);
        var kept = await KeptSpec.Of(db, id) is { } said ? KeptState.Of(said) : null;
        var server = website.Home?.Server ?? "Its server";
        return new Outcome<AheadSite>.Done(
            new AheadSite(id, website.Domain, server, panel, kept, kept is null ? NotSaid(server) : Unfit(kept.Spec, panel.Epoch))
        );
    }

    /// <summary>
    /// Names and state of the website are from now on what its server has, as the revision after the server's. Its limits stay those of its
    /// plan: what is paid for is what this panel knows.
    /// </summary>
    /// <param name="hash">Of what its server has, as whoever decides has seen it.</param>
    public async Task<Outcome<ChangedWebsite>> Adopt(Actor actor, long id, string? hash)
    {
        if (string.IsNullOrWhiteSpace(hash))
            return Refusal.Invalid("hash", "required", "Must name what was seen of the server's state.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        // The domains before the website, as orders take them.
        if (await KeptSpec.Of(db, id) is { } seen && seen.Hash == hash)
            await ClaimDomain.Lock(transaction, [.. Normal(KeptState.Of(seen).Spec).SelectMany(suffixes.Related).Distinct()]);
        if (await LockedWebsite.Take(transaction, id) is not { } before)
            return new Outcome<ChangedWebsite>.Missing();
        if (!before.Standing.Ahead)
            return NotAhead(before.Domain);
        if (before.Status == WebsiteState.Removed)
            return Refusal.State("website_gone", $"{before.Domain} is gone.");
        if (await KeptSpec.Of(db, id) is not { } kept)
            return NotSaid(before.Standing.Server ?? "Its server");
        if (kept.Hash != hash)
            return Refusal.State("kept_changed", $"{before.Standing.Server} has said something else of {before.Domain} since. Look again.");
        var spec = KeptState.Of(kept).Spec;
        var panel = KeptState.SpecOf((await KeptSpec.Wanted(db, id))!);
        var namesBefore = await Hostnames.Of(db, id);
        if ((Unfit(spec, panel.Epoch) ?? await TakeNames(transaction, before, namesBefore, spec)) is { } why)
            return why;
        await TakeState(transaction, before, spec);
        await ChangeWebsite.Overtake(transaction, id);
        var text =
            $"What {before.Standing.Server} has of {Primary(spec)} counts from now on, as revision {spec.Revision + 1}."
            + (spec.Limits == panel.Limits ? "" : " Its limits stay those of its plan.");
        var errand = new WebsiteErrand(actor.Name, actor.CorrelationId, ServerRole: before.ServerRole, ServerTags: before.ServerTags);
        var brought = await BringWebsite.Run(transaction, id, errand, text);
        var after = await LockedWebsite.Take(transaction, id);
        await actor
            .Audit("website.adopted", $"website {before.Domain}", Facts(before, namesBefore), Facts(after!, await Hostnames.Of(db, id)))
            .Append(db, transaction);
        await transaction.CommitAsync();
        if (brought.ServerId is { } server)
            await announcements.Send(db, [server]);
        return new Outcome<ChangedWebsite>.Done(new ChangedWebsite(id, text));
    }

    // What is wrong with it, whatever else this panel has.
    private static Refusal? Unfit(HostingSpec spec, Guid epoch)
    {
        if (spec.Epoch != epoch)
            return Refusal.State("other_installation", "Its server has it from another installation of this panel.");
        if (SpecComparison.Settings(spec).ToList() is { Count: > 0 } settings)
            return Refusal.State(
                "unknown_settings",
                LogText.Clean($"Its server has settings that this panel can't keep, and they would be lost: {string.Join(", ", settings)}.")
            );
        if (spec.State == SiteState.Suspended && !spec.Archive && !Reasons.Contains(spec.SuspendedFor))
            return Refusal.State("unknown_settings", "Its server has it suspended for a reason that this panel doesn't know.");
        if (spec.Names.FirstOrDefault(n => !IsFit(n)) is { } odd)
            return Refusal.Unfit(
                "name_unfit",
                LogText.Clean($"{odd.Name} can't be a name of a website, or redirect to {odd.Target ?? "nothing"}.")
            );
        return
            spec.Names.Count(n => n.Role != SiteNameRole.Redirect) > MostNames
            || spec.Names.Count(n => n.Role == SiteNameRole.Redirect) > MostRedirects
            ? Refusal.Unfit("name_unfit", $"A website has at most {MostNames} names and {MostRedirects} redirects.")
            : null;
    }

    private static bool IsFit(SiteName name) =>
        DomainName.Normalize(name.Name) == name.Name
        && name.Role switch
        {
            SiteNameRole.Primary or SiteNameRole.Alias => name is { Target: null, Status: null },
            SiteNameRole.Redirect => name.Status is 301 or 302 or 308 && RedirectTarget.Normalize(name.Target) == name.Target,
            _ => false,
        };

    private async Task<Refusal?> TakeNames(
        NpgsqlTransaction transaction,
        LockedWebsite site,
        IReadOnlyList<Hostname> before,
        HostingSpec spec
    )
    {
        foreach (var name in spec.Names.Select(n => n.Name).Where(n => before.All(b => b.Name != n)))
        {
            if (suffixes.IsSuffix(name))
                return Refusal.Unfit("name_unfit", $"Others register their names below {name}: nobody can have it.");
            if (reserved.Contains(name))
                return Refusal.Unfit("domain_reserved", $"{name} is reserved, or a name above or below it is.");
            if (await ClaimDomain.Run(transaction, name, suffixes.Related(name), site.CustomerId) is { } taken)
                return Refusal.State("domain_taken", $"{taken.Name} belongs to another customer.");
            if (await ClaimDomain.Below(transaction, name, site.CustomerId) is { } below)
                return Refusal.State("domain_has_names_below", $"{below.Name}, a name below {name}, belongs to another customer.");
        }
        var names = spec.Names.Select(n => new Hostname(n.Name, n.Role, n.Target, (short?)n.Status)).ToList();
        return await Hostnames.Replace(transaction, site.Id, names) is { } other
            ? Refusal.State("name_taken", $"{other} is a name of another website.")
            : null;
    }

    private async Task TakeState(NpgsqlTransaction transaction, LockedWebsite site, HostingSpec spec)
    {
        // What this panel was to erase stands there: it begins anew, whatever it is.
        var begins = site.Status == WebsiteState.Removing && (site.Standing.Absent || !spec.Archive);
        if (begins)
            await ChangeWebsite.Restore(transaction, site.Id);
        await ChangeWebsite.SuspendFor(transaction, site.Id, ReasonsOf(site, spec));
        if (spec.Archive && (begins || site.Status != WebsiteState.Removing))
            await ChangeWebsite.Remove(transaction, site.Id, options.Value.RemovalGrace);
    }

    // Its server knows only the first that holds: of those that this panel has, the ones after it may hold as well.
    private static string[] ReasonsOf(LockedWebsite site, HostingSpec spec) =>
        Array.IndexOf(Reasons, spec.SuspendedFor) is var first && first < 0
            ? []
            : [Reasons[first], .. Reasons.Skip(first + 1).Where(site.SuspendedFor.Contains)];

    private static IEnumerable<string> Normal(HostingSpec spec) => spec.Names.Select(n => n.Name).Where(n => DomainName.Normalize(n) == n);

    private static string Primary(HostingSpec spec) => spec.Names.First(n => n.Role == SiteNameRole.Primary).Name;

    private static string Facts(LockedWebsite site, IReadOnlyList<Hostname> names) =>
        AuditJson.Of(
            new
            {
                site.Domain,
                site.Status,
                site.SuspendedFor,
                Names = names,
            }
        );

    private static Refusal NotAhead(string domain) => Refusal.State("not_ahead", $"No server has a later state of {domain}.");

    private static Refusal NotSaid(string server) =>
        Refusal.State("not_said", $"{server} has not said yet what it has. Its agent is asked with its next heartbeat.");
}
