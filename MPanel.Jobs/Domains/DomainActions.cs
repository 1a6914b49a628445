using MPanel.Database.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Domains;

/// <summary>What people do to domains: each action one transaction, with its audit entry in it.</summary>
public sealed class DomainActions(NpgsqlDataSource dataSource, PublicSuffixes suffixes, ReservedDomains reserved)
{
    /// <summary>Code of the refusal to give away a domain on which something lives.</summary>
    public const string InUse = "domain_in_use";

    /// <param name="typed">In whatever form people write it.</param>
    public async Task<Outcome<DomainDetail>> Add(Actor actor, string? typed, long customerId)
    {
        if (DomainName.Normalize(typed) is not { } name)
            return Refusal.Invalid("name", "malformed", "Must be a public host name of two labels or more.");
        if (suffixes.IsSuffix(name))
            return Refusal.Invalid("name", "public_suffix", $"Others register their names below {name}: nobody can have it.");
        if (reserved.Contains(name))
            return Refusal.Unfit("domain_reserved", $"{name} is reserved, or a name above or below it is.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await EditDomain.Add(transaction, name, suffixes.Related(name), customerId) is not DomainSaved.Saved and var refused)
            return WhyNot(refused, name);
        var domain = await DomainFacts.Of(db, (await DomainFacts.IdOf(db, name))!.Value);
        await actor.Audit("domain.added", $"domain {name}", null, Facts(domain!)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<DomainDetail>.Done(domain!);
    }

    /// <param name="version">The version that the edit began from.</param>
    public async Task<Outcome<DomainDetail>> ChangeCustomer(Actor actor, long id, int version, long customerId)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await DomainFacts.Of(db, id) is not { } before)
            return new Outcome<DomainDetail>.Missing();
        if (before.Version != version)
            return new Outcome<DomainDetail>.Conflict(before);
        if (before.Customer.Id == customerId)
            return new Outcome<DomainDetail>.Done(before);
        var saved = await EditDomain.ChangeCustomer(transaction, before, version, suffixes.Related(before.Name), customerId);
        var after = await DomainFacts.Of(db, id);
        if (saved == DomainSaved.Conflict)
            return new Outcome<DomainDetail>.Conflict(after!);
        if (saved != DomainSaved.Saved)
            return WhyNot(saved, before.Name);
        await actor.Audit("domain.customer_changed", $"domain {before.Name}", Facts(before), Facts(after!)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<DomainDetail>.Done(after!);
    }

    private static Refusal WhyNot(DomainSaved saved, string name) =>
        saved switch
        {
            DomainSaved.NoCustomer => Refusal.Invalid("customerId", "unknown_customer", "There is no such customer."),
            DomainSaved.Exists => Refusal.State("domain_exists", $"{name} is there already."),
            DomainSaved.Taken => Refusal.State("domain_taken", $"{name}, its www name or a name above it belongs to another customer."),
            DomainSaved.InUse => Refusal.State(InUse, $"Something lives on {name}, or below it."),
            _ => throw new InvalidOperationException($"{saved} is no refusal."),
        };

    private static string Facts(DomainDetail domain) =>
        AuditJson.Of(
            new
            {
                domain.Name,
                CustomerId = domain.Customer.Id,
                Customer = domain.Customer.Name,
                domain.Status,
            }
        );
}
