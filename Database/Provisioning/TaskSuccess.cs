using MPanel.Database.Timelines;

namespace MPanel.Database.Provisioning;

internal static class TaskSuccess
{
    /// <summary>
    /// Statements of their own: of two completions of one attempt at once, the second must look only after the first has committed, or it
    /// would see the attempt as not completed and the lease as gone. The task before its placement, as a claim takes them; and the placement
    /// before the task is written, so that whoever changes it has added their task by then, or adds it afterwards.
    /// </summary>
    public const string Lock = """
        select id from provisioning_tasks where id = @taskId for update;

        select id from placements where id = (select placement_id from provisioning_tasks where id = @taskId) for no key update;
        """;

    public static readonly string Sql = $"""
        {Lock}

        with found as (
            -- By id alone: with the state here too, the planner could take the small index of running tasks and walk over all of them.
            select id, server_id, status, lease_token from provisioning_tasks where id = @taskId
        ), done as (
            update provisioning_tasks t
            set status = 'success', lease_token = null, lease_expires_at = null, last_error_code = null, last_error = null,
                finished_at = now(), updated_at = now()
            from found
            where t.id = found.id and found.server_id = @serverId and found.status = 'in_progress' and found.lease_token = @LeaseToken
            returning t.*
        ), attempt as (
            update task_attempts a set finished_at = now(), outcome = 'success', completion_digest = @Digest, applied = @Applied::jsonb
            from done where a.task_id = done.id and a.attempt = done.attempt
            returning a.started_at
        ), stands as (
            update placements p
            set applied_revision = greatest(p.applied_revision, done.revision), applied_hash = @Applied::jsonb ->> 'hash', applied_at = now(),
                condition = 'ok', condition_code = null, condition_text = null, condition_at = now()
            from done where p.id = done.placement_id and done.revision is not null
        ), earlier as (
            -- What failed before is history now, and what waits for any of them waits for this one.
            select o.id, o.status from done join provisioning_tasks o on o.placement_id = done.placement_id and o.id <> done.id
            where o.status in ('failed', 'cancelled')
        ), settled as (
            update provisioning_tasks o set status = 'cancelled', updated_at = now()
            from earlier where o.id = earlier.id and earlier.status = 'failed'
        ), passed_on as (
            update provisioning_tasks o set depends_on = done.id, updated_at = now()
            from done, earlier where o.depends_on = earlier.id and o.status in ('pending', 'failed')
        ), line as (
            {Timeline.OfTasks(
                "done",
                "'done'",
                "t.type || ' of ' || t.domain || ' is done on ' || s.name",
                "s.name",
                "t.attempt",
                Timeline.Since("attempt.started_at"),
                joins: "join servers s on s.id = t.server_id cross join attempt"
            )}
        ), follow_up as (
            -- What follows for everything that isn't the task is a job's: the agent needn't wait for it.
            insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
            select 'task:' || id || ':' || attempt, 'task.' || type, 'task', id, 'task ' || id, correlation_id,
                   jsonb_build_object('taskId', id)
            from done
        ), woken as (
            -- What this task, or its domain's being busy, kept from being claimed.
            select array_agg(distinct t.server_id) as servers
            from done
            join provisioning_tasks t on t.domain = done.domain or t.depends_on = done.id or t.placement_id = done.placement_id
              or t.depends_on in (select id from earlier)
            where t.status = 'pending' and t.server_id is not null and t.available_at <= now()
              and (t.depends_on is null or t.depends_on = done.id or t.depends_on in (select id from earlier)
                   or (select d.status from provisioning_tasks d where d.id = t.depends_on) = 'success')
        )
        select
            case
                when done.id is not null then 'Accepted'
                when a.completion_digest = @Digest then 'AlreadyDone'
                when a.completion_digest is not null then 'Contradiction'
                when a.task_id is not null or t.id is not null then 'StaleLease'
                else 'NotFound'
            end as answer,
            coalesce(done.status, t.status) as status, coalesce(a.attempt, t.attempt) as attempt,
            t.type, t.domain, {TaskPlan.Of("t")} as plan, t.correlation_id, coalesce(woken.servers, array[]::bigint[]) as woken
        from woken
        left join done on true
        left join task_attempts a on a.lease_token = @LeaseToken and a.task_id = @taskId and a.server_id = @serverId
        left join provisioning_tasks t on t.id = @taskId and (t.server_id = @serverId or a.task_id is not null);
        """;
}
