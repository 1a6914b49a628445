using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Domains;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Domains;

/// <summary>What people do to domains: each change with its audit entry in one transaction, for the pages and the API alike.</summary>
public sealed class DomainChanges(NpgsqlDataSource dataSource, IOptions<OrderOptions> options)
{
    /// <summary>On the panel's own list: nobody may have it, nor a name below it.</summary>
    public bool IsReserved(string domain) =>
        DomainName.Related(domain).Intersect(options.Value.ReservedDomains, StringComparer.OrdinalIgnoreCase).Any();

    /// <param name="name">As <see cref="DomainName.Normalize"/> gives it, and not reserved.</param>
    public async Task<(DomainSaved Outcome, DomainDetail? Domain)> Add(HttpContext context, string name, long customerId)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var outcome = await EditDomain.Add(transaction, name, DomainName.Related(name), customerId);
        if (outcome != DomainSaved.Saved)
            return (outcome, null);
        var domain = await DomainFacts.Of(db, (await DomainFacts.IdOf(db, name))!.Value);
        await context.Audit("domain.added", $"domain {name}", null, Facts(domain!)).Append(db, transaction);
        await transaction.CommitAsync();
        return (outcome, domain);
    }

    /// <summary>The domain in the answer is as it is now; null when there is none.</summary>
    public async Task<(DomainSaved Outcome, DomainDetail? Domain)> ChangeCustomer(
        HttpContext context,
        long id,
        int version,
        long customerId
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await DomainFacts.Of(db, id) is not { } before)
            return (DomainSaved.Unknown, null);
        if (before.Version != version)
            return (DomainSaved.Conflict, before);
        if (before.CustomerId == customerId)
            return (DomainSaved.Saved, before);
        var outcome = await EditDomain.ChangeCustomer(transaction, before, version, DomainName.Related(before.Name), customerId);
        var after = await DomainFacts.Of(db, id);
        if (outcome != DomainSaved.Saved)
            return (outcome, after);
        await context.Audit("domain.customer_changed", $"domain {before.Name}", Facts(before), Facts(after!)).Append(db, transaction);
        await transaction.CommitAsync();
        return (outcome, after);
    }

    private static string Facts(DomainDetail domain) =>
        JsonSerializer.Serialize(
            new
            {
                domain.Name,
                domain.CustomerId,
                domain.Customer,
                domain.Status,
            },
            JsonSerializerOptions.Web
        );
}
