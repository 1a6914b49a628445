using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Answer">Anything but Contradiction.</param>
/// <param name="Woken">Servers that have something to claim by this, to be told afterwards.</param>
public sealed record ReleasedTask(LeaseAnswer Answer, long[] Woken);

public static class ReleaseTask
{
    /// <summary>
    /// The agent gives the task back untouched: pending at once, and the attempt is not counted as spent. Where a later one of the same
    /// placement waits, it is cancelled.
    /// </summary>
    public static Task<ReleasedTask> Run(NpgsqlConnection db, long taskId, long serverId, Guid leaseToken) =>
        TaskSuperseded.Run(() =>
            db.QuerySingleAsync<ReleasedTask>(
                $"""
            with found as (
                -- By id alone, for the reason that TaskSuccess names, and locked.
                select id, server_id, status, lease_token, placement_id from provisioning_tasks where id = @taskId for update
            ), released as (
                update provisioning_tasks t
                set status = case when {TaskSuperseded.Of("found")} then 'cancelled' else 'pending' end,
                    finished_at = case when {TaskSuperseded.Of("found")} then now() end,
                    attempts_spent = attempts_spent - 1, lease_token = null, lease_expires_at = null, available_at = now(), updated_at = now()
                from found
                where t.id = found.id and found.server_id = @serverId and found.status = 'in_progress'
                  and found.lease_token = @leaseToken
                returning t.*
            ), attempt as (
                update task_attempts a set finished_at = now(), outcome = 'released'
                from released r where a.task_id = r.id and a.attempt = r.attempt
                returning a.started_at
            ), line as (
                {Timeline.OfTasks(
                    "released",
                    "'released'",
                    "s.name || ' gave back ' || t.type || ' of ' || t.domain",
                    "s.name",
                    "t.attempt",
                    Timeline.Since("attempt.started_at"),
                    joins: "join servers s on s.id = t.server_id cross join attempt"
                )}
            ), woken as (
                select array_agg(distinct t.server_id) as servers from provisioning_tasks t join released r on t.domain = r.domain or t.placement_id = r.placement_id
                where t.server_id is not null and (t.status = 'pending' or t.id = r.id)
            )
            select case
                when exists (select 1 from released) then 'Accepted'
                when a.outcome = 'released' then 'AlreadyDone'
                when a.task_id is not null
                  or exists (select 1 from provisioning_tasks where id = @taskId and server_id = @serverId) then 'StaleLease'
                else 'NotFound'
            end as answer, coalesce(woken.servers, array[]::bigint[]) as woken
            from woken
            left join task_attempts a on a.lease_token = @leaseToken and a.task_id = @taskId and a.server_id = @serverId
            """,
                new
                {
                    taskId,
                    serverId,
                    leaseToken,
                }
            )
        );
}
