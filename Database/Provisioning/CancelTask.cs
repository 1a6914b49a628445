using Dapper;
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
        // First, and by itself, as in a completion: of the last two tasks of an order one may end and the other be cancelled at once.
        await transaction.Connection!.ExecuteAsync(
            "select o.id from orders o where o.id = (select order_id from provisioning_tasks where id = @taskId) for no key update",
            new { taskId },
            transaction
        );
        return await transaction.Connection!.QuerySingleAsync<TaskDecision>(
            """
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
            ), others as (
                select c.order_id, count(*) filter (where t.status = 'success') as succeeded,
                       count(*) filter (where t.status not in ('success', 'cancelled')) as unsettled
                from cancelled c left join provisioning_tasks t on t.order_id = c.order_id and t.id <> c.id
                group by c.order_id
            ), settled as (
                update orders o
                set status = case when others.succeeded > 0 then 'completed' else 'cancelled' end, updated_at = now()
                from others where o.id = others.order_id and others.unsettled = 0 and o.status in ('paid', 'provisioning')
            ), line as (
                insert into order_timeline (intake_id, step, outcome, message, task_id, actor, correlation_id)
                select o.intake_id, 'task.' || c.type, 'cancelled', c.type || ' of ' || c.domain || ' is cancelled', c.id,
                       @actor, @correlationId
                from cancelled c join orders o on o.id = c.order_id
            ), woken as (
                -- Whoever waited for the domain to be free.
                select array_agg(distinct t.server_id) as servers from provisioning_tasks t join cancelled c on t.domain = c.domain
                where t.status = 'pending' and t.server_id is not null and t.id <> c.id
            )
            select found.id is not null as found, cancelled.id is not null as changed, found.status as before,
                   coalesce(cancelled.status, found.status) as after, coalesce(woken.servers, '{}') as woken
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
    }
}
