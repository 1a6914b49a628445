using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="ServerId">Null while no server has room.</param>
/// <param name="Status">Of <see cref="WebsiteState"/>.</param>
/// <param name="Created">New, and so not placed yet.</param>
public sealed record FoundWebsite(long Id, long CustomerId, long? ServerId, string Status, bool Created);

public static class FindOrCreateWebsite
{
    /// <summary>
    /// The live website that answers to the domain, whoever's it is, or a new one of this customer. Its row is locked. Call it when the
    /// domain is locked: two orders for one domain at once would not see each other's names.
    /// </summary>
    /// <param name="plan">Product code whose limits apply from now on.</param>
    /// <param name="alias">A second name of a new website, which it gets if nobody has it; null for none.</param>
    public static async Task<FoundWebsite> Run(NpgsqlTransaction transaction, string domain, long customerId, string plan, string? alias)
    {
        var db = transaction.Connection!;
        return await db.QuerySingleOrDefaultAsync<FoundWebsite>(
                """
                -- Its primary name comes with it, by a trigger.
                with site as (
                    insert into websites (customer_id, domain, plan)
                    select @customerId, @domain, @plan where not exists (select from hostnames where name = @domain)
                    on conflict (domain) where status <> 'removed' do nothing
                    returning id, customer_id, server_id, status
                ), alias_name as (
                    insert into hostnames (name, website_id, role)
                    select @alias, site.id, 'alias' from site
                    where @alias::text is not null
                      and not exists (select from domains d where d.name = @alias and d.customer_id <> @customerId)
                    on conflict (name) do nothing
                )
                select id, customer_id, server_id, status, true as created from site
                """,
                new
                {
                    domain,
                    customerId,
                    plan,
                    alias,
                },
                transaction
            )
            ?? await db.QuerySingleAsync<FoundWebsite>(
                """
                -- Locked by the change, or the placement job could give it a server while this order does.
                update websites w
                set plan = case when w.customer_id = @customerId and w.status <> 'removing' then @plan else w.plan end, updated_at = now()
                from hostnames h
                where h.name = @domain and w.id = h.website_id
                returning w.id, w.customer_id, w.server_id, w.status, false as created
                """,
                new
                {
                    domain,
                    customerId,
                    plan,
                },
                transaction
            );
    }

    /// <summary>Whether the domain serves a website of somebody else.</summary>
    public static Task<bool> ServesAnother(NpgsqlTransaction transaction, string domain, long customerId) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            select exists (
                select from hostnames h join websites w on w.id = h.website_id where h.name = @domain and w.customer_id <> @customerId
            )
            """,
            new { domain, customerId },
            transaction
        );

    /// <summary>State of the website that answers on one of these domains, or would if it were not suspended or about to be removed; or null.</summary>
    public static Task<string?> LiveState(NpgsqlTransaction transaction, string[] domains) =>
        transaction.Connection!.ExecuteScalarAsync<string?>(
            """
            select w.status from hostnames h join websites w on w.id = h.website_id
            where h.name = any(@domains) and w.status in ('active', 'suspended', 'removing')
            order by w.id
            limit 1
            """,
            new { domains },
            transaction
        );

    /// <summary>Where the domain redirects to; null when it doesn't.</summary>
    public static Task<string?> Redirects(NpgsqlTransaction transaction, string domain) =>
        transaction.Connection!.ExecuteScalarAsync<string?>(
            "select target from hostnames where name = @domain and role = 'redirect'",
            new { domain },
            transaction
        );

    public static Task SetServer(NpgsqlTransaction transaction, long websiteId, long serverId) =>
        transaction.Connection!.ExecuteAsync(
            """
            with placed as (
                update websites set server_id = @serverId, updated_at = now() where id = @websiteId and server_id is null
                returning id
            )
            update placements p set server_id = @serverId, updated_at = now()
            from placed where p.kind = 'hosting' and p.subject_id = placed.id and p.role = 'serving'
            """,
            new { websiteId, serverId },
            transaction
        );
}
