using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>Another customer's domain that an order's is near: for admins only.</summary>
/// <param name="Customer">Their name.</param>
/// <param name="Proven">Somebody has shown that it is theirs.</param>
public sealed record NeighbouringDomain(string Name, long CustomerId, string Customer, long DomainId, bool Proven);

public static class NeighbouringDomains
{
    /// <summary>The first few.</summary>
    /// <param name="related">The domain itself, its parents up to the registrable name, and its www name.</param>
    /// <param name="customerId">Of the order's customer.</param>
    public static async Task<IReadOnlyList<NeighbouringDomain>> Of(NpgsqlConnection db, string domain, string[] related, long customerId)
    {
        var below = NamesBelow.Of(domain, customerId);
        return (
            await db.QueryAsync<NeighbouringDomain>(
                """
                select n.name, n.customer_id, c.name as customer, n.id as domain_id, n.proven
                from (
                    (select name, customer_id, id, proof <> 'none' as proven from domains where name = any(@related) and customer_id <> @customerId)
                    union
                    (select name, customer_id, id, proof <> 'none' as proven from domains
                     where reverse(name) ~>=~ @From and reverse(name) ~<~ @To and customer_id <> @customerId limit 5)
                ) n join customers c on c.id = n.customer_id
                order by n.name
                limit 5
                """,
                new
                {
                    related,
                    customerId,
                    below.From,
                    below.To,
                }
            )
        ).AsList();
    }
}
