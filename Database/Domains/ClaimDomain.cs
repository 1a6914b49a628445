using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>A domain of another customer that stands in the way.</summary>
/// <param name="Customer">Their name.</param>
public sealed record DomainInTheWay(string Name, string Customer);

public static class ClaimDomain
{
    /// <summary>
    /// Registers the domain for the customer, and answers null. Where it, a name above it, or its www name belongs to another customer,
    /// nothing is written, and that one is answered: who rents example.net must not find shop.example.net sold to somebody else.
    /// </summary>
    /// <param name="related">The domain itself, its parents up to the registrable name, and its www name.</param>
    public static async Task<DomainInTheWay?> Run(NpgsqlTransaction transaction, string domain, string[] related, long customerId)
    {
        await Lock(transaction, related);
        if (await OfAnother(transaction, related, customerId) is { } taken)
            return taken;
        await transaction.Connection!.ExecuteAsync(
            "insert into domains (name, customer_id) values (@domain, @customerId) on conflict (name) do nothing",
            new { domain, customerId },
            transaction
        );
        // Somebody who held no lock may have been first: the insert waited, did nothing, and must look again.
        return await OfAnother(transaction, [domain], customerId);
    }

    /// <summary>A name below the domain that belongs to another customer; null where there is none. Ask when the domain is locked.</summary>
    public static Task<DomainInTheWay?> Below(NpgsqlTransaction transaction, string domain, long customerId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<DomainInTheWay>(
            """
            select d.name, c.name as customer from domains d join customers c on c.id = d.customer_id
            where reverse(d.name) like reverse(@below) || '%' and d.customer_id <> @customerId
            order by d.id
            limit 1
            """,
            // A name's own letters can't be wildcards.
            new { below = $".{domain}", customerId },
            transaction
        );

    private static Task<DomainInTheWay?> OfAnother(NpgsqlTransaction transaction, string[] names, long customerId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<DomainInTheWay>(
            """
            select d.name, c.name as customer from domains d join customers c on c.id = d.customer_id
            where d.name = any(@names) and d.customer_id <> @customerId
            order by d.id
            limit 1
            """,
            new { names, customerId },
            transaction
        );

    /// <summary>
    /// Keeps everybody else who claims one of these names waiting until the transaction ends: two customers who order a domain and its
    /// www name at once would not see each other's rows. Related names share one of these locks, and taking them in order keeps two
    /// such orders from waiting for each other.
    /// </summary>
    public static Task Lock(NpgsqlTransaction transaction, string[] related) =>
        transaction.Connection!.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended(name, 0)) from (select unnest(@related) as name order by 1) n",
            new { related },
            transaction
        );
}
