namespace MPanel.Database.Provisioning;

internal static class TaskSuccess
{
    // The order is locked by a statement of its own: of two agents that finish the last two tasks of an order at once, the
    // second must look only after the first has committed, or neither would see the order complete.
    public const string Sql = """
        select o.id from orders o
        where o.id = (select order_id from provisioning_tasks where id = @taskId and server_id = @serverId)
        for no key update;

        with found as (
            -- By id alone, and locked: with the state here too, the planner could take the small index of running tasks
            -- and walk over all of them.
            select id, server_id, status, lease_token from provisioning_tasks where id = @taskId for update
        ), done as (
            update provisioning_tasks t
            set status = 'success', lease_token = null, lease_expires_at = null, last_error_code = null, last_error = null,
                finished_at = now(), updated_at = now()
            from found
            where t.id = found.id and found.server_id = @serverId and found.status = 'in_progress' and found.lease_token = @LeaseToken
            returning t.*
        ), attempt as (
            update task_attempts a set finished_at = now(), outcome = 'success', completion_digest = @Digest
            from done where a.task_id = done.id and a.attempt = done.attempt
            returning a.started_at
        ), subscription as (
            update subscriptions s set status = 'active', updated_at = now()
            from done where s.id = done.subscription_id and s.status = 'pending' and done.action = 'create'
        ), website as (
            update websites w
            set status = case w.status when 'pending' then 'active' else w.status end,
                plan = coalesce((select p.code from products p where p.code = done.payload ->> 'plan'), w.plan),
                updated_at = now()
            from done
            where w.id = done.website_id and w.status <> 'deleted' and done.type = 'hosting' and done.action = 'create'
        ), domain as (
            update domains d set status = 'managed', updated_at = now()
            from done
            where d.name = done.domain and d.status = 'unmanaged' and done.type = 'hosting' and done.action = 'create'
        ), others as materialized (
            select not exists (
                select 1 from provisioning_tasks t
                where t.order_id = done.order_id and t.id <> done.id and t.status not in ('success', 'cancelled')
            ) as all_done
            from done
        ), "order" as (
            update orders o set status = case when others.all_done then 'completed' else 'provisioning' end, updated_at = now()
            from done, others
            where o.id = done.order_id and (o.status = 'paid' or (o.status = 'provisioning' and others.all_done))
        ), line as (
            insert into order_timeline
                (intake_id, step, attempt, duration_ms, outcome, message, task_id, actor, correlation_id)
            select o.intake_id, 'task.' || done.type, done.attempt,
                   least(extract(epoch from now() - attempt.started_at) * 1000, 2147483647)::integer,
                   'done', done.type || ' of ' || done.domain || ' is done on ' || s.name, done.id, s.name, done.correlation_id
            from done
            join orders o on o.id = done.order_id
            join servers s on s.id = done.server_id
            cross join attempt
        ), woken as (
            -- What this task, or its domain's being busy, kept from being claimed.
            select array_agg(distinct t.server_id) as servers
            from done join provisioning_tasks t on t.domain = done.domain or t.depends_on = done.id
            where t.status = 'pending' and t.server_id is not null and t.available_at <= now()
              and (t.depends_on is null or t.depends_on = done.id
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
            t.type, t.domain, t.payload ->> 'plan' as plan, t.correlation_id, coalesce(woken.servers, '{}') as woken
        from woken
        left join done on true
        left join task_attempts a on a.lease_token = @LeaseToken and a.task_id = @taskId and a.server_id = @serverId
        left join provisioning_tasks t on t.id = @taskId and (t.server_id = @serverId or a.task_id is not null);
        """;
}
