using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Status"><c>pending</c>, <c>in_progress</c> or <c>failed</c>.</param>
/// <param name="OldestSeconds">Age of the oldest one: for pending since it could be claimed, otherwise since its last change; 0 without any.</param>
public sealed record OpenTasks(string Status, long Count, double OldestSeconds)
{
    /// <summary>What is not done: three rows, each from its own partial index, however many tasks are done.</summary>
    public static Task<IEnumerable<OpenTasks>> ByStatus(NpgsqlConnection db) =>
        db.QueryAsync<OpenTasks>(
            """
            select 'pending' as status, count(*) as count,
                   greatest(0, coalesce(extract(epoch from now() - min(available_at)), 0))::float8 as oldest_seconds
            from provisioning_tasks where status = 'pending'
            union all
            select 'in_progress', count(*), greatest(0, coalesce(extract(epoch from now() - min(updated_at)), 0))::float8
            from provisioning_tasks where status = 'in_progress'
            union all
            select 'failed', count(*), greatest(0, coalesce(extract(epoch from now() - min(updated_at)), 0))::float8
            from provisioning_tasks where status = 'failed'
            """
        );
}
