using Dapper;
using MPanel.Database.Emails;
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

    // All hosting of a website stands with it: an order that came while a task of another one waited has none of its own.
    private const string HostingIsActive = """
        update subscriptions s set status = 'active', updated_at = now()
        from provisioning_tasks t
        where t.id = @taskId and t.status = 'success' and t.action = 'apply' and s.website_id = t.website_id and s.status = 'pending'
          -- Nothing more is done for an order that was closed or cancelled, and its customer may have the money back.
          and not exists (
              select from order_items i join orders o on o.id = i.order_id join order_intakes closed on closed.id = o.intake_id
              where i.id = s.order_item_id and (closed.status = 'rejected' or o.status in ('cancelled', 'refunded'))
          )
          and not exists (select from websites gone where gone.id = t.website_id and gone.status = 'removed');
        """;

    private const string WebsiteStands = """
        with site as (
            select w.id, w.domain,
                case when t.placement_id is null then (
                    select p.code from provisioning_tasks last join products p on p.code = last.payload ->> 'plan'
                    where last.domain = w.domain and last.website_id = w.id and last.type = 'hosting' and last.status = 'success'
                    order by last.finished_at desc, last.id desc
                    limit 1
                ) end as plan,
                -- What its server said last of what stands.
                (
                    select a.applied -> 'archive' from provisioning_tasks last
                    join task_attempts a on a.task_id = last.id and a.attempt = last.attempt
                    where last.placement_id = t.placement_id and last.status = 'success' and last.revision is not null
                    order by last.revision desc, last.finished_at desc
                    limit 1
                ) as archive
            from provisioning_tasks t join websites w on w.id = t.website_id
            where t.id = @taskId and t.status = 'success' and t.action in ('create', 'apply') and w.status <> 'removed'
            for no key update of w
        ), domain as (
            update domains d set status = 'managed', updated_at = now()
            from site where d.name = site.domain and d.status = 'unmanaged'
        )
        update websites w
        set status = case when w.status <> 'pending' then w.status when w.suspended_for <> '{}' then 'suspended' else 'active' end,
            activated_at = coalesce(w.activated_at, now()), plan = coalesce(site.plan, w.plan), updated_at = now(),
            archived_as = site.archive ->> 'name', archive_bytes = (site.archive ->> 'bytes')::bigint,
            archive_sha256 = site.archive ->> 'sha256'
        from site where w.id = site.id;
        """;

    /// <summary>Nothing of it stands any more: its names are free, and so is its room. Its id is never given again.</summary>
    private const string WebsiteIsGone = """
        with gone as (
            update websites w
            set status = 'removed', removed_at = now(), updated_at = now(),
                erased = (select array(select jsonb_array_elements_text(a.applied -> 'erased')) from task_attempts a
                          where a.task_id = t.id and a.attempt = t.attempt)
            from provisioning_tasks t join placements p on p.id = t.placement_id
            where t.id = @taskId and t.status = 'success' and t.action = 'remove' and p.desired = 'absent' and p.applied_revision = p.revision
              and w.id = t.website_id and w.status = 'removing'
            returning w.id, w.domain, w.server_id
        ), moot as (
            -- What was still to be done on it.
            update provisioning_tasks o set status = 'cancelled', finished_at = coalesce(o.finished_at, now()), updated_at = now()
            from gone
            where o.website_id = gone.id and o.status in ('pending', 'failed')
              and o.domain in (select gone.domain union select s.domain from subscriptions s where s.website_id = gone.id)
        )
        update servers s set website_count = s.website_count - 1, updated_at = now()
        from gone where s.id = gone.server_id and s.website_count > 0;
        """;

    /// <summary>Its subscription is active, and its order complete when nothing of it is open any more.</summary>
    public static Task Run(NpgsqlTransaction transaction, long taskId) =>
        transaction.Connection!.ExecuteAsync($"{SubscriptionIsActive} {SettleOrder.Sql}", new { taskId }, transaction);

    /// <summary>As every task's; and its website stands, on a domain that is managed, or is gone.</summary>
    public static async Task Hosting(NpgsqlTransaction transaction, long taskId)
    {
        await transaction.Connection!.ExecuteAsync(
            $"{SubscriptionIsActive} {WebsiteStands} {HostingIsActive} {WebsiteIsGone} {SettleOrder.Sql}",
            new { taskId },
            transaction
        );
        await QueueEmail.SiteReady(transaction, taskId);
    }
}
