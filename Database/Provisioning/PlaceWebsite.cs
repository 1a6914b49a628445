using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class PlaceWebsite
{
    private sealed record Placed(long? ServerId, bool Room);

    /// <summary>Those with room; only the live ones where there are any. A silent server waits for its agent, and so would the site.</summary>
    private const string Roomy = $"""
        fit as (
            select s.id, s.website_count, s.website_capacity, {PlacementNeed.Live} as live
            from servers s left join server_heartbeats h on h.server_id = s.id
            where {PlacementNeed.Fits} and s.website_count < s.website_capacity
        ), roomy as (
            select id, website_count, website_capacity from fit where live or not exists (select 1 from fit other where other.live)
        )
        """;

    /// <summary>
    /// Takes room for one more website on a server that fits, and returns its id; null when none has room. It is the emptiest live one of
    /// those that nobody else is placing on, so that orders at once spread over the servers; when all that have room are held, the emptiest
    /// is waited for. The room is the caller's when its transaction commits: the server's row stays locked until then, so this belongs late
    /// in the transaction.
    /// </summary>
    public static async Task<long?> Run(NpgsqlTransaction transaction, PlacementNeed need)
    {
        var placed = await Free(transaction, need);
        // Nothing taken although there was room: it is held, or was filled by somebody else at this moment.
        while (placed is { ServerId: null, Room: true })
            placed = await Waiting(transaction, need);
        return placed.ServerId;
    }

    private static Task<Placed> Free(NpgsqlTransaction transaction, PlacementNeed need) =>
        transaction.Connection!.QuerySingleAsync<Placed>(
            $"""
            with {Roomy}, free as (
                select s.id from servers s
                where s.id in (select id from roomy) and s.website_count < s.website_capacity and s.state = 'active'
                order by s.website_count::float8 / s.website_capacity, s.id
                limit 1
                for no key update skip locked
            ), taken as (
                update servers s set website_count = s.website_count + 1, updated_at = now()
                from free where s.id = free.id
                returning s.id
            )
            select (select id from taken) as server_id, exists (select 1 from roomy) as room
            """,
            need,
            transaction
        );

    private static Task<Placed> Waiting(NpgsqlTransaction transaction, PlacementNeed need) =>
        transaction.Connection!.QuerySingleAsync<Placed>(
            $"""
            with {Roomy}, taken as (
                update servers s set website_count = s.website_count + 1, updated_at = now()
                where s.id = (select id from roomy order by website_count::float8 / website_capacity, id limit 1)
                  -- Read again once the row is ours.
                  and s.website_count < s.website_capacity and s.state = 'active'
                returning s.id
            )
            select (select id from taken) as server_id, exists (select 1 from roomy) as room
            """,
            need,
            transaction
        );
}
