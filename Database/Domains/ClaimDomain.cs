using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

public static class ClaimDomain
{
    /// <summary>
    /// Registers the domain for the customer. False, and nothing written, when it or a name above it belongs to another customer:
    /// who rents example.net must not find shop.example.net sold to somebody else.
    /// </summary>
    /// <param name="related">The domain itself, its parents, and its www name.</param>
    public static async Task<bool> Run(NpgsqlTransaction transaction, string domain, string[] related, long customerId)
    {
        await Lock(transaction, related);
        return await transaction.Connection!.ExecuteScalarAsync<bool>(
                """
                with taken as (
                    select exists (select 1 from domains where name = any(@related) and customer_id <> @customerId) as by_another
                ), registered as (
                    insert into domains (name, customer_id) select @domain, @customerId from taken where not taken.by_another
                    on conflict (name) do nothing
                )
                select not by_another from taken
                """,
                new
                {
                    domain,
                    related,
                    customerId,
                },
                transaction
            )
            // Two first orders for one name at the same moment: the second insert waited, did nothing, and must look again.
            && await transaction.Connection!.ExecuteScalarAsync<bool>(
                "select customer_id = @customerId from domains where name = @domain",
                new { domain, customerId },
                transaction
            );
    }

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
