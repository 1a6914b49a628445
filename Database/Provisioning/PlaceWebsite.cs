using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class PlaceWebsite
{
    private sealed record Placed(long? ServerId, bool Room);

    /// <summary>
    /// Takes room for one more website on an active server of the role that has all the tags, and returns its id; null when none has
    /// room. It is the emptiest of those that nobody else is placing on, so that orders at once spread over the servers; when all that
    /// have room are held, the emptiest is waited for. The room is the caller's when its transaction commits: the server's row stays
    /// locked until then, so this belongs late in the transaction.
    /// </summary>
    public static async Task<long?> Run(NpgsqlTransaction transaction, string role, string[] tags)
    {
        var placed = await Free(transaction, role, tags);
        // Nothing taken although there was room: it is held, or was filled by somebody else at this moment.
        while (placed is { ServerId: null, Room: true })
            placed = await Waiting(transaction, role, tags);
        return placed.ServerId;
    }

    private static Task<Placed> Free(NpgsqlTransaction transaction, string role, string[] tags) =>
        transaction.Connection!.QuerySingleAsync<Placed>(
            """
            with free as (
                select id from servers
                where @role = any (roles) and state = 'active' and tags @> @tags and website_count < website_capacity
                order by website_count::float8 / website_capacity, id
                limit 1
                for no key update skip locked
            ), taken as (
                update servers s set website_count = s.website_count + 1, updated_at = now()
                from free where s.id = free.id
                returning s.id
            )
            select (select id from taken) as server_id, exists (
                select 1 from servers where @role = any (roles) and state = 'active' and tags @> @tags and website_count < website_capacity
            ) as room
            """,
            new { role, tags },
            transaction
        );

    private static Task<Placed> Waiting(NpgsqlTransaction transaction, string role, string[] tags) =>
        transaction.Connection!.QuerySingleAsync<Placed>(
            """
            with roomy as (
                select id, website_count, website_capacity from servers
                where @role = any (roles) and state = 'active' and tags @> @tags and website_count < website_capacity
            ), taken as (
                update servers s set website_count = s.website_count + 1, updated_at = now()
                where s.id = (select id from roomy order by website_count::float8 / website_capacity, id limit 1)
                  -- Read again once the row is ours.
                  and s.website_count < s.website_capacity and s.state = 'active'
                returning s.id
            )
            select (select id from taken) as server_id, exists (select 1 from roomy) as room
            """,
            new { role, tags },
            transaction
        );
}
