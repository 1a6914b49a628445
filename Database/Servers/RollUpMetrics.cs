using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Hours">Rows made of minutes.</param>
/// <param name="Forgotten">Minutes and hours that had become too old.</param>
public sealed record RolledUp(int Hours, int Forgotten);

/// <summary>Makes hours of the minutes, and forgets what is too old of either.</summary>
public static class RollUpMetrics
{
    public static readonly TimeSpan KeepMinutes = TimeSpan.FromDays(2);
    public static readonly TimeSpan KeepHours = TimeSpan.FromDays(90);

    /// <summary>
    /// Every hour that is over and not there yet, so that a missed run is made good by the next. An hour is made once, while all of its
    /// minutes are there: minutes are forgotten by whole hours, in the same transaction and after the hours were made.
    /// </summary>
    public static async Task<RolledUp> Run(NpgsqlTransaction transaction)
    {
        var db = transaction.Connection!;
        var hours = await db.ExecuteAsync(
            """
            insert into server_metrics_hours
            select server_id, date_trunc('hour', at, 'UTC'), sum(samples),
                   sum(cpu_percent * samples) / sum(samples), max(cpu_percent_max),
                   sum(memory_used_bytes * samples) / sum(samples), max(memory_used_bytes_max), max(memory_total_bytes),
                   sum(disk_used_bytes * samples) / sum(samples), max(disk_used_bytes_max), max(disk_total_bytes),
                   sum(load1 * samples) / sum(samples), max(load1_max),
                   sum(network_received * samples) / sum(samples), max(network_received_max),
                   sum(network_sent * samples) / sum(samples), max(network_sent_max)
            from server_metrics_minutes m
            -- A heartbeat of the hour's last second may still be on its way.
            where at < date_trunc('hour', now() - interval '1 minute', 'UTC')
              and not exists (
                  select 1 from server_metrics_hours h where h.server_id = m.server_id and h.at = date_trunc('hour', m.at, 'UTC')
              )
            group by 1, 2
            on conflict (server_id, at) do nothing
            """,
            transaction: transaction
        );
        var forgotten = await db.ExecuteAsync(
            "delete from server_metrics_minutes where at < date_trunc('hour', now() - @KeepMinutes, 'UTC')",
            new { KeepMinutes },
            transaction
        );
        forgotten += await db.ExecuteAsync(
            "delete from server_metrics_hours where at < date_trunc('hour', now() - @KeepHours, 'UTC')",
            new { KeepHours },
            transaction
        );
        return new RolledUp(hours, forgotten);
    }
}
