using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Done">That ended well within the last 24 hours.</param>
/// <param name="Failed">That failed within the last 24 hours, retried meanwhile or not.</param>
/// <param name="DoneLastHour">Of <paramref name="Done"/>.</param>
public sealed record TaskThroughput(long Done, long Failed, long DoneLastHour);

/// <param name="Hour">Its beginning.</param>
public sealed record HourOfTasks(DateTimeOffset Hour, long Done, long Failed);

/// <param name="HeardAt">Last heartbeat; null when there was none.</param>
/// <param name="SilentFor">Since then, by the database's clock; null when there was none.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well.</param>
public sealed record ServerTasks(
    long Id,
    string Name,
    string[] Roles,
    string State,
    DateTimeOffset? HeardAt,
    TimeSpan? SilentFor,
    string? Problem
)
{
    public required TaskCounts Tasks { get; init; }
}

/// <param name="FailedNow">Failed tasks that nobody has retried or cancelled.</param>
/// <param name="DoneToday">Within 24 hours.</param>
public sealed record TaskCounts(long Pending, long Running, long FailedNow, long DoneToday);

/// <param name="RenewedAt">When its agent last said that it is still at work.</param>
public sealed record RunningTask(
    long Id,
    string Type,
    string Domain,
    string Server,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset RenewedAt,
    DateTimeOffset LeaseExpiresAt
);

/// <param name="Code">Error code.</param>
/// <param name="Last">When the last one failed.</param>
public sealed record FailureCause(string Code, long Count, DateTimeOffset Last);

/// <param name="Hours">What the sums are sums of.</param>
public sealed record TasksOfADay(TaskThroughput Sums, IReadOnlyList<HourOfTasks> Hours);

/// <summary>How provisioning goes, all servers together and each by itself. Every figure comes from an index that holds only what it counts.</summary>
public static class TaskOverview
{
    public static async Task<TasksOfADay> LastDay(NpgsqlConnection db)
    {
        var hours = await ByHour(db);
        var lastHour = await db.ExecuteScalarAsync<long>(
            "select count(*) from provisioning_tasks where finished_at > now() - interval '1 hour' and status = 'success'"
        );
        return new TasksOfADay(new TaskThroughput(hours.Sum(h => h.Done), hours.Sum(h => h.Failed), lastHour), hours);
    }

    /// <summary>The last 24 hours, the one that runs now included, without gaps.</summary>
    private static async Task<IReadOnlyList<HourOfTasks>> ByHour(NpgsqlConnection db) =>
        [
            .. await db.QueryAsync<HourOfTasks>(
                """
                with ended as (
                    select date_trunc('hour', finished_at) as hour, count(*) filter (where status = 'success') as done,
                           count(*) filter (where status = 'failed') as failed
                    from provisioning_tasks
                    where finished_at > date_trunc('hour', now()) - interval '23 hours'
                    group by 1
                )
                select h.hour, coalesce(e.done, 0) as done, coalesce(e.failed, 0) as failed
                from generate_series(date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()), interval '1 hour') as h (hour)
                left join ended e on e.hour = h.hour
                order by h.hour
                """
            ),
        ];

    /// <summary>Every server that has, or lately had, something to do.</summary>
    public static Task<IEnumerable<ServerTasks>> ByServer(NpgsqlConnection db) =>
        db.QueryAsync<ServerTasks, TaskCounts, ServerTasks>(
            """
            with counted as (
                select server_id, 'pending' as what, count(*) as n from provisioning_tasks where status = 'pending' group by server_id
                union all
                select server_id, 'running', count(*) from provisioning_tasks where status = 'in_progress' group by server_id
                union all
                select server_id, 'failed', count(*) from provisioning_tasks where status = 'failed' group by server_id
                union all
                select server_id, 'done', count(*) from provisioning_tasks
                where finished_at > now() - interval '24 hours' and status = 'success' group by server_id
            )
            select s.id, s.name, s.roles, s.state, h.received_at as heard_at, now() - h.received_at as silent_for, h.problem,
                   coalesce(sum(c.n) filter (where c.what = 'pending'), 0)::bigint as pending,
                   coalesce(sum(c.n) filter (where c.what = 'running'), 0)::bigint as running,
                   coalesce(sum(c.n) filter (where c.what = 'failed'), 0)::bigint as failed_now,
                   coalesce(sum(c.n) filter (where c.what = 'done'), 0)::bigint as done_today
            from counted c
            join servers s on s.id = c.server_id
            left join server_heartbeats h on h.server_id = s.id
            group by s.id, s.name, s.roles, s.state, h.received_at, h.problem
            order by s.name
            """,
            (server, tasks) => server with { Tasks = tasks },
            splitOn: "pending"
        );

    /// <summary>The longest running first.</summary>
    public static Task<IEnumerable<RunningTask>> Running(NpgsqlConnection db, int limit) =>
        db.QueryAsync<RunningTask>(
            """
            select t.id, t.type, t.domain, s.name as server, t.attempt, a.started_at, t.updated_at as renewed_at, t.lease_expires_at
            from provisioning_tasks t
            join servers s on s.id = t.server_id
            join task_attempts a on a.task_id = t.id and a.attempt = t.attempt
            where t.status = 'in_progress'
            order by a.started_at, t.id
            limit @limit
            """,
            new { limit }
        );

    /// <summary>Why tasks failed within the last 24 hours that still stand as failed, the commonest cause first.</summary>
    public static Task<IEnumerable<FailureCause>> Causes(NpgsqlConnection db, int limit) =>
        db.QueryAsync<FailureCause>(
            """
            select coalesce(last_error_code, 'unknown') as code, count(*) as count, max(finished_at) as last
            from provisioning_tasks
            where status = 'failed' and finished_at > now() - interval '24 hours'
            group by 1
            order by 2 desc, 1
            limit @limit
            """,
            new { limit }
        );
}
