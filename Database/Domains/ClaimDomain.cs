using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>A domain of another customer that stands in the way.</summary>
public sealed record DomainInTheWay(string Name);

/// <summary>All names below one, as a range of names that are written from their ends.</summary>
/// <param name="CustomerId">Whose names don't count.</param>
public sealed record NamesBelow(string From, string To, long CustomerId)
{
    public static NamesBelow Of(string domain, long customerId)
    {
        var letters = domain.ToCharArray();
        Array.Reverse(letters);
        var end = new string(letters);
        // The slash follows the dot.
        return new NamesBelow($"{end}.", $"{end}/", customerId);
    }
}

public static class ClaimDomain
{
    /// <summary>
    /// A range by the index's own operators, and in no order: so a plan made without knowing the name uses the index as well, which a
    /// pattern would not, nor an order that another index has.
    /// </summary>
    public const string OneBelow = """
        select d.name from domains d
        where reverse(d.name) ~>=~ @From and reverse(d.name) ~<~ @To and d.customer_id <> @CustomerId
        limit 1
        """;

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
        var inserted = await transaction.Connection!.ExecuteAsync(
            "insert into domains (name, customer_id) values (@domain, @customerId) on conflict (name) do nothing",
            new { domain, customerId },
            transaction
        );
        // Somebody was first, who may have held no lock, so that the insert waited: whose is it?
        return inserted == 1 ? null : await OfAnother(transaction, [domain], customerId);
    }

    /// <summary>A name below the domain that belongs to another customer; null where there is none. Ask when the domain is locked.</summary>
    public static Task<DomainInTheWay?> Below(NpgsqlTransaction transaction, string domain, long customerId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<DomainInTheWay>(OneBelow, NamesBelow.Of(domain, customerId), transaction);

    private static Task<DomainInTheWay?> OfAnother(NpgsqlTransaction transaction, string[] names, long customerId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<DomainInTheWay>(
            """
            select d.name from domains d
            where d.name = any(@names) and d.customer_id <> @customerId
            -- An order that no index has: a plan for any names would else walk all domains in it.
            order by length(d.name), d.name
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
