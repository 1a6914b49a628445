using MPanel.Database.Domains;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <summary>A name that somebody wants for a website.</summary>
/// <param name="Name">In whatever form people write it.</param>
/// <param name="Target">Where it redirects to; null for a name that the website answers to.</param>
/// <param name="Code">Of a redirect: 301, 302 or 308.</param>
public sealed record WantedName(string? Name, string? Target, int? Code);

/// <summary>What people do to the names of websites: each action one transaction with its audit entry, and a task for the node in it.</summary>
public sealed class SiteNameActions(
    NpgsqlDataSource dataSource,
    PublicSuffixes suffixes,
    ReservedDomains reserved,
    TaskAnnouncements announcements
)
{
    private const int MostNames = 100;
    private const int MostRedirects = 50;
    private const int Permanent = 301;

    // The website has no such name: there is nothing to change.
    private static readonly Refusal NoSuchName = Refusal.Unfit("not_found", "There is no such name.");

    public Task<Outcome<ChangedWebsite>> Add(Actor actor, long id, WantedName wanted)
    {
        if (DomainName.Normalize(wanted.Name) is not { } name)
            return Answer(Refusal.Invalid("name", "malformed", "Must be a public host name of two labels or more."));
        var redirects = !string.IsNullOrWhiteSpace(wanted.Target);
        var target = redirects ? RedirectTarget.Normalize(wanted.Target) : null;
        if (redirects && target is null)
            return Answer(
                Refusal.Invalid("target", "malformed", "Must be an http or https address of a public host, of at most 2,000 characters.")
            );
        var code = redirects ? wanted.Code ?? Permanent : (int?)null;
        if (code is not (null or 301 or 302 or 308))
            return Answer(Refusal.Invalid("code", "unknown_code", "Must be 301, 302 or 308."));
        if (suffixes.IsSuffix(name))
            return Answer(Refusal.Invalid("name", "public_suffix", $"Others register their names below {name}: nobody can have it."));
        if (reserved.Contains(name))
            return Answer(Refusal.Unfit("domain_reserved", $"{name} is reserved, or a name above or below it is."));
        var row = new Hostname(name, redirects ? HostnameRole.Redirect : HostnameRole.Alias, target, (short?)code);
        return Change(actor, id, "website.name_added", (transaction, site) => Add(transaction, site, row), suffixes.Related(name));
    }

    public Task<Outcome<ChangedWebsite>> Remove(Actor actor, long id, string? name) =>
        Change(
            actor,
            id,
            "website.name_removed",
            async (transaction, site) =>
                DomainName.Normalize(name) == site.Domain
                    ? (Refusal.State("not_removable", $"{site.Domain} is its primary name. Make another one primary first."), "")
                : await Hostnames.Remove(transaction, id, DomainName.Normalize(name) ?? "")
                    ? (null, $"{site.Domain} is no longer served as {name}.")
                : (NoSuchName, "")
        );

    /// <param name="keep">The name before stays as another name, in place of a redirect to the new one.</param>
    public Task<Outcome<ChangedWebsite>> MakePrimary(Actor actor, long id, string? name, bool keep) =>
        Change(
            actor,
            id,
            "website.renamed",
            async (transaction, site) =>
            {
                var names = await Hostnames.Of(transaction.Connection!, id);
                var wanted = DomainName.Normalize(name);
                if (wanted == site.Domain)
                    return (Refusal.State("primary_already", $"{site.Domain} is the primary name already."), "");
                if (names.All(n => n.Name != wanted))
                    return (NoSuchName, "");
                if (!keep && names.Count(n => n.Role == HostnameRole.Redirect) >= MostRedirects)
                    return (
                        Refusal.State("too_many_redirects", $"A website has at most {MostRedirects} redirects. Keep the name as it is."),
                        ""
                    );
                await Hostnames.MakePrimary(transaction, id, wanted!, keep ? null : $"http://{wanted}/");
                return (null, keep ? $"{wanted} is the primary name." : $"{wanted} is the primary name; {site.Domain} redirects to it.");
            }
        );

    private async Task<(Refusal? Why, string Text)> Add(NpgsqlTransaction transaction, LockedWebsite site, Hostname row)
    {
        var db = transaction.Connection!;
        var names = await Hostnames.Of(db, site.Id);
        if (names.Count(n => n.Role != HostnameRole.Redirect) >= MostNames && row.Role == HostnameRole.Alias)
            return (Refusal.State("too_many_names", $"A website has at most {MostNames} names."), "");
        if (names.Count(n => n.Role == HostnameRole.Redirect) >= MostRedirects && row.Role == HostnameRole.Redirect)
            return (Refusal.State("too_many_redirects", $"A website has at most {MostRedirects} redirects."), "");
        if (row.Target is { } target && await Loops(db, row.Name, target))
            return (Refusal.Invalid("target", "loop", $"{target} leads back to {row.Name}."), "");
        if (await ClaimDomain.Run(transaction, row.Name, suffixes.Related(row.Name), site.CustomerId) is { } taken)
            return (Refusal.State("domain_taken", $"{taken.Name} belongs to another customer."), "");
        if (await ClaimDomain.Below(transaction, row.Name, site.CustomerId) is { } below)
            return (Refusal.State("domain_has_names_below", $"{below.Name}, a name below {row.Name}, belongs to another customer."), "");
        if (!await Hostnames.Add(transaction, site.Id, row))
        {
            var owner = await Hostnames.OwnerOf(db, row.Name);
            return (Refusal.State("name_taken", $"{row.Name} is a name of {owner?.Domain ?? "another website"}."), "");
        }
        return (null, row.Target is null ? $"{site.Domain} is served as {row.Name}, too." : $"{row.Name} redirects to {row.Target}.");
    }

    private static async Task<bool> Loops(NpgsqlConnection db, string name, string target) =>
        (await Hostnames.Journey(db, RedirectTarget.HostOf(target))).Contains(name);

    private async Task<Outcome<ChangedWebsite>> Change(
        Actor actor,
        long id,
        string action,
        Func<NpgsqlTransaction, LockedWebsite, Task<(Refusal? Why, string Text)>> change,
        string[]? claims = null
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        // Before the website, as orders take them.
        if (claims is not null)
            await ClaimDomain.Lock(transaction, claims);
        if (await LockedWebsite.Take(transaction, id) is not { } site)
            return new Outcome<ChangedWebsite>.Missing();
        if (site.Status is WebsiteState.Removing or WebsiteState.Removed)
            return Refusal.State("website_gone", $"{site.Domain} is being removed, or is gone.");
        if (site.Standing.Ahead)
            return WebsiteActions.Ahead(site);
        var before = await Hostnames.Of(db, id);
        var (why, text) = await change(transaction, site);
        if (why == NoSuchName)
            return new Outcome<ChangedWebsite>.Missing();
        if (why is not null)
            return why;
        var errand = new WebsiteErrand(actor.Name, actor.CorrelationId, ServerRole: site.ServerRole, ServerTags: site.ServerTags);
        var brought = await BringWebsite.Run(transaction, id, errand, text);
        await actor
            .Audit(action, $"website {site.Domain}", AuditJson.Of(before), AuditJson.Of(await Hostnames.Of(db, id)))
            .Append(db, transaction);
        await transaction.CommitAsync();
        if (brought.ServerId is { } server)
            await announcements.Send(db, [server]);
        return new Outcome<ChangedWebsite>.Done(new ChangedWebsite(id, text));
    }

    private static Task<Outcome<ChangedWebsite>> Answer(Refusal refusal) => Task.FromResult<Outcome<ChangedWebsite>>(refusal);
}
