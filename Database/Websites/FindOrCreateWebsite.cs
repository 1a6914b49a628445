using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="ServerId">Null while no server has room.</param>
/// <param name="Created">New, and so not placed yet.</param>
public sealed record FoundWebsite(long Id, long CustomerId, long? ServerId, bool Created);

public static class FindOrCreateWebsite
{
    /// <summary>The live website of the domain, whoever's it is, or a new one of this customer.</summary>
    /// <param name="plan">Product code that a new website starts with.</param>
    public static async Task<FoundWebsite> Run(NpgsqlTransaction transaction, string domain, long customerId, string plan)
    {
        var db = transaction.Connection!;
        return await db.QuerySingleOrDefaultAsync<FoundWebsite>(
                """
                insert into websites (customer_id, domain, plan) values (@customerId, @domain, @plan)
                on conflict (domain) where status <> 'deleted' do nothing
                returning id, customer_id, server_id, true as created
                """,
                new
                {
                    domain,
                    customerId,
                    plan,
                },
                transaction
            )
            ?? await db.QuerySingleAsync<FoundWebsite>(
                """
                select id, customer_id, server_id, false as created from websites
                where domain = @domain and status <> 'deleted'
                -- Locked, or the placement job could give it a server while this order does.
                for no key update
                """,
                new { domain },
                transaction
            );
    }

    /// <summary>Whether the domain serves a website of somebody else.</summary>
    public static Task<bool> ServesAnother(NpgsqlTransaction transaction, string domain, long customerId) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select from websites where domain = @domain and status <> 'deleted' and customer_id <> @customerId)",
            new { domain, customerId },
            transaction
        );

    /// <summary>Whether a website answers on one of these domains, or would if it were not suspended.</summary>
    public static Task<bool> IsLive(NpgsqlTransaction transaction, string[] domains) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select from websites where domain = any(@domains) and status in ('active', 'suspended'))",
            new { domains },
            transaction
        );

    public static Task SetServer(NpgsqlTransaction transaction, long websiteId, long serverId) =>
        transaction.Connection!.ExecuteAsync(
            "update websites set server_id = @serverId, updated_at = now() where id = @websiteId and server_id is null",
            new { websiteId, serverId },
            transaction
        );
}
