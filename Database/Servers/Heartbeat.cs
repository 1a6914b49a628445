using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Metrics">JSON.</param>
/// <param name="Problem">What is wrong with the node's services; null when all is well.</param>
public sealed record NewHeartbeat(string AgentVersion, string[] Capabilities, int FreeSlots, string Metrics, string? Problem = null);

/// <param name="State">One of <see cref="ServerState"/>.</param>
/// <param name="InventoryAskedAt">When a look at the node was asked for last, or something there was found to be ahead; null when never.</param>
public sealed record HeardServer(string Name, string State, DateTimeOffset Now, DateTimeOffset? InventoryAskedAt);

public static class Heartbeat
{
    /// <summary>
    /// Keeps the server's latest report, adds its figures to the minute's, and notes when its token was last used. A report that came
    /// twice (its answer was lost) is the same to the second, and counts once; one without figures counts in no minute.
    /// </summary>
    public static Task<HeardServer> Run(NpgsqlConnection db, long serverId, long tokenId, NewHeartbeat heartbeat) =>
        db.QuerySingleAsync<HeardServer>(
            """
            with heard as (
                insert into server_heartbeats as known
                    (server_id, received_at, agent_version, capabilities, free_slots, metrics, problem, unwell_since)
                values (@serverId, now(), @AgentVersion, @Capabilities, @FreeSlots, @Metrics::jsonb, @Problem,
                        case when @Problem is not null then now() end)
                on conflict (server_id) do update
                set received_at = excluded.received_at, agent_version = excluded.agent_version,
                    capabilities = excluded.capabilities, free_slots = excluded.free_slots, metrics = excluded.metrics,
                    problem = excluded.problem,
                    unwell_since = case when excluded.problem is not null then coalesce(known.unwell_since, now()) end
            ), used as (
                update server_tokens set last_used_at = now() where id = @tokenId
            ), counted as (
                insert into server_metrics_minutes as m (server_id, at, samples, cpu_percent, cpu_percent_max, memory_used_bytes,
                    memory_used_bytes_max, memory_total_bytes, disk_used_bytes, disk_used_bytes_max, disk_total_bytes, load1, load1_max,
                    network_received, network_received_max, network_sent, network_sent_max)
                -- Bounded, so that one wild figure can't make the sums of an hour overflow.
                select @serverId, date_trunc('minute', now()), 1, cpu, cpu, f."memoryUsedBytes", f."memoryUsedBytes", f."memoryTotalBytes",
                       f."diskUsedBytes", f."diskUsedBytes", f."diskTotalBytes", load, load, f."networkReceivedBytesPerSecond",
                       f."networkReceivedBytesPerSecond", f."networkSentBytesPerSecond", f."networkSentBytesPerSecond"
                from jsonb_to_record(@Metrics::jsonb) as f ("cpuPercent" float8, "memoryUsedBytes" float8, "memoryTotalBytes" float8,
                        "diskUsedBytes" float8, "diskTotalBytes" float8, "load1" float8, "networkReceivedBytesPerSecond" float8,
                        "networkSentBytesPerSecond" float8)
                cross join lateral (select least(f."cpuPercent", 100) as cpu, least(f."load1", 1e6) as load) bounded
                where @Metrics::jsonb ?& array['cpuPercent', 'memoryUsedBytes', 'memoryTotalBytes', 'diskUsedBytes', 'diskTotalBytes',
                        'load1', 'networkReceivedBytesPerSecond', 'networkSentBytesPerSecond']
                  and not exists (select 1 from server_heartbeats h where h.server_id = @serverId and h.metrics = @Metrics::jsonb)
                on conflict (server_id, at) do update
                set samples = m.samples + 1,
                    cpu_percent = m.cpu_percent + (excluded.cpu_percent - m.cpu_percent) / (m.samples + 1),
                    cpu_percent_max = greatest(m.cpu_percent_max, excluded.cpu_percent),
                    memory_used_bytes = m.memory_used_bytes + (excluded.memory_used_bytes - m.memory_used_bytes) / (m.samples + 1),
                    memory_used_bytes_max = greatest(m.memory_used_bytes_max, excluded.memory_used_bytes),
                    memory_total_bytes = excluded.memory_total_bytes,
                    disk_used_bytes = m.disk_used_bytes + (excluded.disk_used_bytes - m.disk_used_bytes) / (m.samples + 1),
                    disk_used_bytes_max = greatest(m.disk_used_bytes_max, excluded.disk_used_bytes),
                    disk_total_bytes = excluded.disk_total_bytes,
                    load1 = m.load1 + (excluded.load1 - m.load1) / (m.samples + 1),
                    load1_max = greatest(m.load1_max, excluded.load1),
                    network_received = m.network_received + (excluded.network_received - m.network_received) / (m.samples + 1),
                    network_received_max = greatest(m.network_received_max, excluded.network_received),
                    network_sent = m.network_sent + (excluded.network_sent - m.network_sent) / (m.samples + 1),
                    network_sent_max = greatest(m.network_sent_max, excluded.network_sent)
            )
            -- What the server has and may not be overwritten, it says with its next look.
            select name, state, now() as now, greatest(inventory_asked_at, (
                select max(p.condition_at) from placements p
                where p.server_id = @serverId and p.condition = 'ahead'
                  and not exists (select from kept_specs k where k.placement_id = p.id and k.server_id = p.server_id)
            )) as inventory_asked_at
            from servers where id = @serverId
            """,
            new
            {
                serverId,
                tokenId,
                heartbeat.AgentVersion,
                heartbeat.Capabilities,
                heartbeat.FreeSlots,
                heartbeat.Metrics,
                heartbeat.Problem,
            }
        );
}
