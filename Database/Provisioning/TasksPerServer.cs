using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Server">Null for tasks that no server has room for yet.</param>
/// <param name="OldestSince">When the longest waiting became claimable; null when none waits.</param>
public sealed record ServerQueue(string? Server, long Waiting, long InProgress, long Failed, DateTimeOffset? OldestSince);

/// <param name="OrderReference">Null for a task of no order.</param>
/// <param name="AvailableAt">Since when, or from when, it may be claimed.</param>
/// <param name="Job">Hangfire's id of its twin; null while there is none.</param>
public sealed record QueuedTask(
    long Id,
    string Type,
    string Action,
    string Domain,
    string? OrderReference,
    DateTimeOffset AvailableAt,
    long? Job
);

public static class TasksPerServer
{
    /// <summary>Servers with anything to show, by name.</summary>
    public static Task<IEnumerable<ServerQueue>> Run(NpgsqlConnection db) =>
        db.QueryAsync<ServerQueue>(
            """
            select s.name as server, count(*) filter (where t.status = 'pending') as waiting,
                count(*) filter (where t.status = 'in_progress') as in_progress, count(*) filter (where t.status = 'failed') as failed,
                min(t.available_at) filter (where t.status = 'pending') as oldest_since
            from provisioning_tasks t left join servers s on s.id = t.server_id
            where t.status in ('pending', 'in_progress', 'failed')
            group by s.name
            order by s.name nulls first
            """
        );

    public static Task<long> Waiting(NpgsqlConnection db) =>
        db.ExecuteScalarAsync<long>("select count(*) from provisioning_tasks where status = 'pending'");

    /// <summary>Waiting tasks, longest first.</summary>
    /// <param name="server">A server's name; null for those that no server has room for.</param>
    public static Task<IEnumerable<QueuedTask>> Of(NpgsqlConnection db, string? server, int limit) =>
        db.QueryAsync<QueuedTask>(
            """
            select t.id, t.type, t.action, t.domain, t.order_reference, t.available_at, w.hangfire_id as job
            from provisioning_task_facts t left join task_twins w on w.task_id = t.id
            where t.status = 'pending' and t.server_name is not distinct from @server
            order by t.available_at, t.id
            limit @limit
            """,
            new { server, limit }
        );
}
