using MPanel.Database.Timelines;

namespace MPanel.Database.Provisioning;

internal static class TaskFailure
{
    public static readonly string Sql = $"""
        {TaskSuccess.Lock}

        with found as (
            -- By id alone: see TaskSuccess.
            select id, server_id, status, lease_token, attempts_spent, max_attempts, placement_id
            from provisioning_tasks where id = @taskId
        ), held as (
            -- Names are unique here: what another website on the node has it is about to give up.
            select id, (@Permanent and not (placement_id is not null and @ErrorCode = 'domain_already_served'))
                       or attempts_spent >= max_attempts as final, {TaskSuperseded.Of("found")} as superseded,
                   (@RetryDelays::interval[])[least(attempts_spent, cardinality(@RetryDelays))] as delay
            from found
            where server_id = @serverId and status = 'in_progress' and lease_token = @LeaseToken
        ), ended as (
            update provisioning_tasks t
            set status = case when held.superseded then 'cancelled' when held.final then 'failed' else 'pending' end,
                available_at = case when held.superseded or held.final then t.available_at else now() + held.delay end,
                finished_at = case when held.superseded or held.final then now() end,
                lease_token = null, lease_expires_at = null, last_error_code = @ErrorCode, last_error = @Error, updated_at = now()
            from held where t.id = held.id
            returning t.*, held.final, held.superseded, held.delay
        ), attempt as (
            update task_attempts a
            set finished_at = now(), outcome = 'failed', permanent = @Permanent, error_code = @ErrorCode, error = @Error,
                completion_digest = @Digest
            from ended where a.task_id = ended.id and a.attempt = ended.attempt
            returning a.started_at
        ), stands as (
            update placements p
            set condition = case when @ErrorCode in ('node_ahead', 'other_installation', 'revision_conflict') then 'ahead' else 'broken' end,
                condition_code = @ErrorCode, condition_text = @Error, condition_at = now()
            from ended
            where p.id = ended.placement_id and ended.final and not ended.superseded and coalesce(ended.revision, p.revision) = p.revision
        ), line as (
            {Timeline.OfTasks(
                "ended",
                "case when t.superseded then 'cancelled' when t.final then 'failed' else 'retry' end",
                """
                case when t.superseded then @Error || ' (a later change of the same comes next)'
                     when t.final then @Error else @Error || ' (tried again in ' || t.delay || ')' end
                """,
                "s.name",
                "t.attempt",
                Timeline.Since("attempt.started_at"),
                "@ErrorCode",
                joins: "join servers s on s.id = t.server_id cross join attempt"
            )}
        ), woken as (
            -- What the domain's being busy kept from being claimed; and the task itself where its next attempt may begin at once.
            select array_agg(distinct t.server_id) as servers
            from ended join provisioning_tasks t on t.domain = ended.domain or t.placement_id = ended.placement_id
            where case when t.id = ended.id then not ended.final and not ended.superseded and ended.delay <= interval '0'
                  else t.status = 'pending' and t.server_id is not null and t.available_at <= now()
                       and (t.depends_on is null
                            or (select d.status from provisioning_tasks d where d.id = t.depends_on) = 'success')
                  end
        )
        select
            case
                when ended.id is not null then 'Accepted'
                when a.completion_digest = @Digest then 'AlreadyDone'
                when a.completion_digest is not null then 'Contradiction'
                when a.task_id is not null or t.id is not null then 'StaleLease'
                else 'NotFound'
            end as answer,
            coalesce(ended.status, t.status) as status, coalesce(a.attempt, t.attempt) as attempt,
            t.type, t.domain, {TaskPlan.Of("t")} as plan, t.correlation_id, coalesce(woken.servers, array[]::bigint[]) as woken
        from woken
        left join ended on true
        left join task_attempts a on a.lease_token = @LeaseToken and a.task_id = @taskId and a.server_id = @serverId
        left join provisioning_tasks t on t.id = @taskId and (t.server_id = @serverId or a.task_id is not null);
        """;
}
