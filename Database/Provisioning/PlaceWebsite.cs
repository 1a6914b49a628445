using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>Room for one more website on a server.</summary>
public static class PlaceWebsite
{
    /// <summary>
    /// Takes room on a server that fits, and returns its id; null when none has room. The server's row stays locked until the transaction
    /// ends.
    /// </summary>
    public static async Task<long?> Run(NpgsqlTransaction transaction, PlacementNeed need)
    {
        while (await Choose(transaction, need) is { } server)
        {
            if (await Take(transaction, server))
                return server;
        }
        return null;
    }

    /// <summary>
    /// The id of the emptiest server that fits and has room; null when none has. Live ones come first: a silent server waits for its agent,
    /// and so would the site. Nothing is taken yet, but until the transaction ends others choose another one where there is one, so that
    /// orders at once spread over the servers.
    /// </summary>
    public static Task<long?> Choose(NpgsqlTransaction transaction, PlacementNeed need) =>
        transaction.Connection!.QuerySingleAsync<long?>(
            $"""
            with fit as (
                select s.id, s.website_count::float8 / s.website_capacity as fullness, {PlacementNeed.Live} as live
                from servers s left join server_heartbeats h on h.server_id = s.id
                where {PlacementNeed.Fits} and s.website_count < s.website_capacity
            ), roomy as materialized (
                select id from fit where live or not exists (select 1 from fit other where other.live) order by fullness, id
            ), unheld as materialized (
                -- In the order of the rows above: nothing after the first success is tried, and so nothing more is held.
                select id from roomy where pg_try_advisory_xact_lock(hashtextextended('place:' || id, 0)) limit 1
            )
            select coalesce((select id from unheld), (select id from roomy limit 1))
            """,
            need,
            transaction
        );

    /// <summary>
    /// Takes room on the chosen server; false when it is full by now, or takes no more. Everybody else who takes room there waits until the
    /// transaction ends: so this is its last statement.
    /// </summary>
    public static async Task<bool> Take(NpgsqlTransaction transaction, long serverId) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update servers set website_count = website_count + 1, updated_at = now()
            where id = @serverId and website_count < website_capacity and state = 'active'
            """,
            new { serverId },
            transaction
        ) == 1;
}
