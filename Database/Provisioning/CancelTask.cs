using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class CancelTask
{
    /// <summary>
    /// By hand: an open or failed task is given up. An agent that holds it loses its lease, and stops before its next side
    /// effect; what it did so far stays. When nothing else of the order is open, the order is completed, or cancelled if nothing of it
    /// was provisioned.
    /// </summary>
    /// <param name="actor">Who decided, for the order's timeline.</param>
    public static async Task<TaskDecision> Run(NpgsqlTransaction transaction, long taskId, string actor, string correlationId)
    {
        await transaction.Connection!.ExecuteAsync(TaskSuccess.Lock, new { taskId }, transaction);
        var decision = await transaction.Connection!.QuerySingleAsync<TaskDecision>(
            $"""
            with found as (
                select * from provisioning_tasks where id = @taskId for update
            ), cancelled as (
                update provisioning_tasks t
                set status = 'cancelled', lease_token = null, lease_expires_at = null, finished_at = now(), updated_at = now()
                from found where t.id = found.id and t.status in ('pending', 'in_progress', 'failed')
                returning t.*
            ), attempt as (
                update task_attempts a set finished_at = now(), outcome = 'cancelled'
                from cancelled c where a.task_id = c.id and a.attempt = c.attempt and a.outcome is null
            ), given_up as (
                -- Or it would be asked for again, since it is still to be brought about. The next change of it, or a retry, does so.
                update placements p
                set condition = 'broken', condition_code = 'cancelled', condition_text = 'Its task was cancelled by ' || @actor || '.', condition_at = now()
                from cancelled c
                where p.id = c.placement_id and p.applied_revision < p.revision
                  -- Another order waits for the same: it is brought about for that one.
                  and not exists (
                      select from subscriptions s join order_items i on i.id = s.order_item_id join orders o on o.id = i.order_id
                      where s.website_id = c.website_id and s.status = 'pending' and o.status = 'provisioning' and o.id is distinct from c.order_id
                  )
                  and not exists (
                      select from provisioning_tasks o where o.placement_id = p.id and o.status in ('pending', 'in_progress') and o.id <> c.id
                  )
            ), line as (
                {Timeline.OfTasks(
                "cancelled",
                "'cancelled'",
                "t.type || ' of ' || t.domain || ' is cancelled'",
                "@actor",
                correlation: "@correlationId"
            )}
            ), woken as (
                -- Whoever waited for the domain to be free.
                select array_agg(distinct t.server_id) as servers from provisioning_tasks t join cancelled c on t.domain = c.domain or t.placement_id = c.placement_id
                where t.status = 'pending' and t.server_id is not null and t.id <> c.id
            )
            select found.id is not null as found, cancelled.id is not null as changed, found.status as before,
                   coalesce(cancelled.status, found.status) as after, coalesce(woken.servers, array[]::bigint[]) as woken
            from woken left join found on true left join cancelled on true
            """,
            new
            {
                taskId,
                actor,
                correlationId,
            },
            transaction
        );
        if (decision.Changed)
            await transaction.Connection!.ExecuteAsync(SettleOrder.OfTask, new { taskId }, transaction);
        return decision;
    }
}
