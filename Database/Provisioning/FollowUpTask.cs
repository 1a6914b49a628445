using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>
/// What follows for everything else from a task that succeeded. It is read from what stands in the end, not from the one task: so it may
/// run in any order with that of other tasks, and more than once.
/// </summary>
public static class FollowUpTask
{
    private const string SubscriptionIsActive = """
        update subscriptions s set status = 'active', updated_at = now()
        from provisioning_tasks t
        where t.id = @taskId and t.status = 'success' and t.action = 'create' and s.id = t.subscription_id and s.status = 'pending';
        """;

    private const string WebsiteStands = """
        with site as (
            select w.id, w.domain, (
                select p.code from provisioning_tasks last join products p on p.code = last.payload ->> 'plan'
                where last.domain = w.domain and last.website_id = w.id and last.type = 'hosting' and last.status = 'success'
                order by last.finished_at desc, last.id desc
                limit 1
            ) as plan
            from provisioning_tasks t join websites w on w.id = t.website_id
            where t.id = @taskId and t.status = 'success' and t.action = 'create' and w.status <> 'deleted'
            for no key update of w
        ), domain as (
            update domains d set status = 'managed', updated_at = now()
            from site where d.name = site.domain and d.status = 'unmanaged'
        )
        update websites w
        set status = case w.status when 'pending' then 'active' else w.status end, plan = coalesce(site.plan, w.plan), updated_at = now()
        from site where w.id = site.id;
        """;

    /// <summary>Its subscription is active, and its order complete when nothing of it is open any more.</summary>
    public static Task Run(NpgsqlTransaction transaction, long taskId) =>
        transaction.Connection!.ExecuteAsync($"{SubscriptionIsActive} {SettleOrder.Sql}", new { taskId }, transaction);

    /// <summary>As every task's; and its website stands with the plan applied last, on a domain that is managed.</summary>
    public static Task Hosting(NpgsqlTransaction transaction, long taskId) =>
        transaction.Connection!.ExecuteAsync($"{SubscriptionIsActive} {WebsiteStands} {SettleOrder.Sql}", new { taskId }, transaction);
}
