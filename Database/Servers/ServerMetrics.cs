using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>A server's figures over a stretch of time: averages, and the highest in it. Bytes; network in bytes a second.</summary>
/// <param name="At">Its beginning.</param>
public sealed record MetricsPoint(
    DateTimeOffset At,
    double CpuPercent,
    double CpuPercentMax,
    double MemoryUsedBytes,
    double MemoryUsedBytesMax,
    double MemoryTotalBytes,
    double DiskUsedBytes,
    double DiskUsedBytesMax,
    double DiskTotalBytes,
    double Load1,
    double Load1Max,
    double NetworkReceived,
    double NetworkReceivedMax,
    double NetworkSent,
    double NetworkSentMax
);

public static class ServerMetrics
{
    /// <summary>Oldest first; a stretch in which nothing was heard has no point.</summary>
    /// <param name="step">Length of a point: whole minutes. They begin where UTC's days do, counted in steps.</param>
    public static Task<IEnumerable<MetricsPoint>> ByMinutes(
        NpgsqlConnection db,
        long serverId,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan step
    ) =>
        db.QueryAsync<MetricsPoint>(
            $"""
            {Points}
            from server_metrics_minutes
            where server_id = @serverId and at >= @from and at < @to
            group by 1
            order by 1
            """,
            new
            {
                serverId,
                from,
                to,
                step,
            }
        );

    /// <summary>The same of hours. Those that are not rolled up yet, the present one among them, come from their minutes.</summary>
    /// <param name="step">Whole hours.</param>
    public static Task<IEnumerable<MetricsPoint>> ByHours(
        NpgsqlConnection db,
        long serverId,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan step
    ) =>
        db.QueryAsync<MetricsPoint>(
            $"""
            {Points}
            from (
                select * from server_metrics_hours where server_id = @serverId and at >= @from and at < @to
                union all
                select * from server_metrics_minutes m
                where server_id = @serverId and at >= @from and at < @to
                  and not exists (
                      select 1 from server_metrics_hours h where h.server_id = @serverId and h.at = date_trunc('hour', m.at, 'UTC')
                  )
            ) known
            group by 1
            order by 1
            """,
            new
            {
                serverId,
                from,
                to,
                step,
            }
        );

    private const string Points = """
        select date_bin(@step, at, timestamptz '2000-01-01 00:00+00') as at,
               sum(cpu_percent * samples) / sum(samples) as cpu_percent, max(cpu_percent_max) as cpu_percent_max,
               sum(memory_used_bytes * samples) / sum(samples) as memory_used_bytes, max(memory_used_bytes_max) as memory_used_bytes_max,
               max(memory_total_bytes) as memory_total_bytes,
               sum(disk_used_bytes * samples) / sum(samples) as disk_used_bytes, max(disk_used_bytes_max) as disk_used_bytes_max,
               max(disk_total_bytes) as disk_total_bytes,
               sum(load1 * samples) / sum(samples) as load1, max(load1_max) as load1_max,
               sum(network_received * samples) / sum(samples) as network_received, max(network_received_max) as network_received_max,
               sum(network_sent * samples) / sum(samples) as network_sent, max(network_sent_max) as network_sent_max
        """;
}
