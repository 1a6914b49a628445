using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Status"><c>pending</c>, <c>failed</c> when its attempts were spent, or <c>cancelled</c> when a later one waits.</param>
/// <param name="Woken">Servers that have something to claim by the whole batch, to be told afterwards; the same on each.</param>
public sealed record ReapedTask(
    long Id,
    int Attempt,
    string Status,
    string Type,
    string Domain,
    string? Plan,
    string Server,
    string CorrelationId,
    long[] Woken
);

public static class ReapLeases
{
    /// <summary>
    /// Takes back tasks whose agent stopped renewing: pending again, or failed with code <c>lease_expired</c>, or cancelled where a later one
    /// of the same placement waits. At most
    /// <paramref name="batch"/>; several processes at once take different ones.
    /// </summary>
    public static Task<IEnumerable<ReapedTask>> Run(NpgsqlConnection db, int batch) =>
        TaskSuperseded.Run(() =>
            db.QueryAsync<ReapedTask>(
                $"""
            with expired as (
                select id, {TaskSuperseded.Of("provisioning_tasks")} as superseded from provisioning_tasks
                where status = 'in_progress' and lease_expires_at < now()
                order by lease_expires_at
                limit @batch
                for update skip locked
            ), ended as (
                update provisioning_tasks t
                set status = case when expired.superseded then 'cancelled' when attempts_spent >= max_attempts then 'failed' else 'pending' end,
                    finished_at = case when expired.superseded or attempts_spent >= max_attempts then now() end,
                    available_at = now(), lease_token = null, lease_expires_at = null,
                    last_error_code = 'lease_expired', last_error = 'The agent stopped renewing its lease.', updated_at = now()
                from expired where t.id = expired.id
                returning t.*
            ), attempt as (
                update task_attempts a
                set finished_at = now(), outcome = 'lease_expired', error_code = 'lease_expired',
                    error = 'The agent stopped renewing its lease.'
                from ended where a.task_id = ended.id and a.attempt = ended.attempt
                returning a.task_id, a.started_at
            ), stands as (
                update placements p set condition = 'broken', condition_code = 'lease_expired', condition_text = ended.last_error, condition_at = now()
                from ended
                where p.id = ended.placement_id and ended.status = 'failed' and coalesce(ended.revision, p.revision) = p.revision
            ), line as (
                {Timeline.OfTasks(
                    "ended",
                    "case t.status when 'pending' then 'retry' else t.status end",
                    "'The agent of ' || s.name || ' stopped renewing its lease.'",
                    "'system'",
                    "t.attempt",
                    Timeline.Since("attempt.started_at"),
                    "'lease_expired'",
                    joins: "join servers s on s.id = t.server_id join attempt on attempt.task_id = t.id"
                )}
            ), woken as (
                select array_agg(distinct t.server_id) as servers from provisioning_tasks t join ended on t.domain = ended.domain or t.placement_id = ended.placement_id
                where t.server_id is not null and (t.status = 'pending' or t.id = ended.id)
            )
            select ended.id, ended.attempt, ended.status, ended.type, ended.domain, {TaskPlan.Of("ended")} as plan,
                   s.name as server, ended.correlation_id, woken.servers as woken
            from woken cross join ended join servers s on s.id = ended.server_id
            order by ended.id
            """,
                new { batch }
            )
        );
}
