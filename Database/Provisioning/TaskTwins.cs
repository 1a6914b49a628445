using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>A task as the engine's dashboard is to show it.</summary>
/// <param name="EngineReference">The job that stands for it; null while there is none.</param>
/// <param name="ServerName">Null while no server has room for it.</param>
/// <param name="StartedAt">Of its latest attempt; null before the first.</param>
public sealed record TwinnedTask(
    long Id,
    string Type,
    string Action,
    string Domain,
    string OrderReference,
    string CorrelationId,
    string Status,
    int Attempt,
    long? ServerId,
    string? ServerName,
    DateTimeOffset AvailableAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? LastErrorCode,
    string? LastError,
    string? EngineReference
);

/// <summary>Tasks and the jobs that stand for them on the engine's dashboard.</summary>
public static class TaskTwins
{
    // Several processes could mirror at once without harm, but each would do the work of all.
    private const long LockKey = 0x4D50_5477_696E;

    private const string Columns = """
        select t.id, t.type, t.action, t.domain, t.order_reference, t.correlation_id, t.status, t.attempt, t.server_id, t.server_name,
            t.available_at, a.started_at, t.finished_at, t.last_error_code, t.last_error, w.engine_reference
        from provisioning_task_facts t
        left join task_twins w on w.task_id = t.id
        left join task_attempts a on a.task_id = t.id and a.attempt = t.attempt
        """;

    /// <summary>Runs the work unless another process is at it; returns whether it ran.</summary>
    public static async Task<bool> Alone(NpgsqlConnection db, Func<Task> work)
    {
        if (!await db.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@LockKey)", new { LockKey }))
            return false;
        try
        {
            await work();
        }
        finally
        {
            await db.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
        return true;
    }

    /// <summary>
    /// Tasks that have no twin, or one that shows something else than they are; oldest first. Of those that were over before anybody
    /// looked, only the ones of the last day: the rest is history.
    /// </summary>
    public static Task<IEnumerable<TwinnedTask>> Stale(NpgsqlConnection db, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<TwinnedTask>(
            new CommandDefinition(
                $"""
                with candidate as (
                    select id from provisioning_tasks where status = 'pending'
                    union all select id from provisioning_tasks where status = 'in_progress'
                    union all select id from provisioning_tasks where status = 'failed'
                    union all select task_id from task_twins where shown_status is null or shown_status in ('pending', 'in_progress')
                    union all select id from provisioning_tasks
                    where id > (select coalesce(max(task_id), 0) from task_twins) and created_at > now() - interval '1 day'
                ), stale as (
                    select distinct c.id
                    from candidate c join provisioning_tasks t on t.id = c.id left join task_twins w on w.task_id = t.id
                    where (w.shown_status, w.shown_attempt, w.shown_server_id) is distinct from (t.status, t.attempt, t.server_id)
                    order by c.id
                    limit @limit
                )
                {Columns}
                where t.id in (select id from stale)
                order by t.id
                """,
                new { limit },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Null when there is no such task.</summary>
    public static Task<TwinnedTask?> One(NpgsqlConnection db, long taskId, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleOrDefaultAsync<TwinnedTask>($"{Columns} where t.id = @taskId", new { taskId }, transaction);

    /// <summary>
    /// Tasks that are not settled, or were until a day ago, whose twin is missing or in another state on the dashboard than it was made
    /// to show. Reads Hangfire's own table, so only where Hangfire is the engine.
    /// </summary>
    /// <param name="waitingPrefix">What the name of a waiting twin's state begins with.</param>
    public static Task<IEnumerable<TwinnedTask>> Estranged(NpgsqlConnection db, string waitingPrefix, int limit) =>
        db.QueryAsync<TwinnedTask>(
            $"""
            {Columns}
            left join hangfire.job j on j.id = case when w.engine_reference ~ '^[0-9]+$' then w.engine_reference::bigint end
            where (t.status in ('pending', 'in_progress', 'failed') or t.updated_at > now() - interval '1 day')
              -- What is merely not shown yet is on its way.
              and (w.task_id is null and t.updated_at < now() - interval '1 minute'
                   or (w.shown_status, w.shown_attempt, w.shown_server_id) is not distinct from (t.status, t.attempt, t.server_id))
              and (j.id is null
                   or case t.status
                          when 'pending' then not starts_with(coalesce(j.statename, ''), @waitingPrefix)
                          else coalesce(j.statename, '') <> case t.status
                              when 'in_progress' then 'Processing' when 'success' then 'Succeeded'
                              when 'failed' then 'Failed' else 'Deleted' end
                      end)
            order by t.id
            limit @limit
            """,
            new { waitingPrefix, limit }
        );

    /// <summary>Remembers the job that stands for a task. When another was faster, that one stays; returns the one that counts.</summary>
    /// <param name="instead">The one to be replaced because it is gone; null when there was none.</param>
    public static async Task<string> Remember(NpgsqlConnection db, long taskId, string reference, string? instead) =>
        await db.QuerySingleAsync<string>(
            """
            with kept as (
                insert into task_twins (task_id, engine_reference) values (@taskId, @reference)
                on conflict (task_id) do update
                set engine_reference = excluded.engine_reference, shown_status = null, updated_at = now()
                where task_twins.engine_reference = @instead
                returning engine_reference
            )
            select coalesce((select engine_reference from kept), (select engine_reference from task_twins where task_id = @taskId))
            """,
            new
            {
                taskId,
                reference,
                instead,
            }
        );

    /// <summary>What the twin shows from now on.</summary>
    public static Task Shown(NpgsqlConnection db, TwinnedTask task, NpgsqlTransaction? transaction = null) =>
        db.ExecuteAsync(
            """
            update task_twins
            set shown_status = @Status, shown_attempt = @Attempt, shown_server_id = @ServerId, updated_at = now()
            where task_id = @Id
            """,
            task,
            transaction
        );
}
