using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class RetryTask
{
    /// <summary>
    /// By hand: a failed or cancelled task, or one that waits for its next attempt, is claimable now, with all its attempts ahead again.
    /// Refused in other states, when another task for the same thing is open already, when its website is gone, and when its order is
    /// cancelled.
    /// </summary>
    /// <param name="actor">Who decided, for the order's timeline.</param>
    public static async Task<TaskDecision> Run(NpgsqlTransaction transaction, long taskId, string actor, string correlationId)
    {
        await transaction.Connection!.ExecuteAsync(TaskSuccess.Lock, new { taskId }, transaction);
        return await transaction.Connection!.QuerySingleAsync<TaskDecision>(
            $"""
            with found as (
                select * from provisioning_tasks where id = @taskId for update
            ), retried as (
                update provisioning_tasks t
                set status = 'pending', available_at = now(), attempts_spent = 0, finished_at = null, updated_at = now(),
                    -- Its server may have left since.
                    server_id = case
                        when (select s.state from servers s where s.id = t.server_id) = 'retired'
                            then (select p.server_id from placements p where p.id = t.placement_id)
                        else t.server_id
                    end
                from found
                where t.id = found.id
                  and (t.status in ('failed', 'cancelled') or (t.status = 'pending' and t.available_at > now()))
                  and not exists (
                      select 1 from provisioning_tasks o
                      -- All of a subject are on its domain.
                      where o.domain = t.domain and o.type = t.type and o.action = t.action
                        and o.subscription_id is not distinct from t.subscription_id
                        and (o.subject_kind, o.subject_id) = (t.subject_kind, t.subject_id)
                        and o.status in ('pending', 'in_progress') and o.id <> t.id
                  )
                  -- A person ended it.
                  and not exists (select from orders over where over.id = t.order_id and over.cancelled_at is not null)
                  -- Its names may be somebody else's by now.
                  and not exists (select from websites gone where gone.id = t.website_id and gone.status = 'removed')
                  and not exists (
                      select 1 from provisioning_tasks o
                      where o.placement_id = t.placement_id and o.status in ('pending', 'in_progress') and o.id <> t.id
                  )
                returning t.*
            ), unblocked as (
                update placements p set condition = 'unknown', condition_code = null, condition_text = null, condition_at = now()
                from retried r where p.id = r.placement_id and p.condition = 'broken'
            ), reopened as (
                update orders o set status = 'provisioning', updated_at = now()
                from retried r where o.id = r.order_id and o.status in ('completed', 'cancelled')
            ), line as (
                {Timeline.OfTasks(
                "retried",
                "'resumed'",
                "t.type || ' of ' || t.domain || ' is tried again'",
                "@actor",
                correlation: "@correlationId"
            )}
            ), woken as (
                select array_agg(server_id) as servers from retried where server_id is not null
            )
            select found.id is not null as found, retried.id is not null as changed, found.status as before,
                   coalesce(retried.status, found.status) as after, coalesce(woken.servers, array[]::bigint[]) as woken
            from woken left join found on true left join retried on true
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
