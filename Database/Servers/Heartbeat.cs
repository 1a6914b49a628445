using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Metrics">JSON.</param>
public sealed record NewHeartbeat(string AgentVersion, string[] Capabilities, int FreeSlots, string Metrics);

/// <param name="State"><c>active</c>, <c>draining</c> or <c>maintenance</c>.</param>
public sealed record HeardServer(string Name, string State, DateTimeOffset Now);

public static class Heartbeat
{
    /// <summary>Keeps the server's latest report, and notes when its token was last used.</summary>
    public static Task<HeardServer> Run(NpgsqlConnection db, long serverId, long tokenId, NewHeartbeat heartbeat) =>
        db.QuerySingleAsync<HeardServer>(
            """
            with heard as (
                insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
                values (@serverId, now(), @AgentVersion, @Capabilities, @FreeSlots, @Metrics::jsonb)
                on conflict (server_id) do update
                set received_at = excluded.received_at, agent_version = excluded.agent_version,
                    capabilities = excluded.capabilities, free_slots = excluded.free_slots, metrics = excluded.metrics
            ), used as (
                update server_tokens set last_used_at = now() where id = @tokenId
            )
            select name, state, now() as now from servers where id = @serverId
            """,
            new
            {
                serverId,
                tokenId,
                heartbeat.AgentVersion,
                heartbeat.Capabilities,
                heartbeat.FreeSlots,
                heartbeat.Metrics,
            }
        );
}
