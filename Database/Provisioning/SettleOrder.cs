namespace MPanel.Database.Provisioning;

internal static class SettleOrder
{
    private const string Own = "select order_id from provisioning_tasks where id = @taskId";

    // Those whose hosting is on the same website, too: one task may have done the work of several.
    private const string OnWebsite = $"""
        {Own}
        union
        select i.order_id
        from provisioning_tasks t join subscriptions s on s.website_id = t.website_id join order_items i on i.id = s.order_item_id
        where t.id = @taskId and t.placement_id is not null
        """;

    /// <summary>
    /// Ends the orders of task <c>@taskId</c>, which succeeded, of which nothing is open or failed: completed, or cancelled if nothing was
    /// provisioned. They are locked by a statement of its own: of two that end the last two tasks of an order at once, the second must
    /// look only after the first has committed, or neither would see the order complete.
    /// </summary>
    public static readonly string Sql = Of(OnWebsite);

    /// <summary>The same of the task's own order alone: what is given up for one order isn't for another.</summary>
    public static readonly string OfTask = Of(Own);

    private static string Of(string concerned) =>
        $"""
            select o.id from orders o where o.id in ({concerned}) order by o.id for no key update;

            update orders o
            set status = case when settled.provisioned then 'completed' else 'cancelled' end, updated_at = now()
            from (
                select o.id,
                    exists (select from provisioning_tasks t where t.order_id = o.id and t.status = 'success') or exists (
                        select from order_items i join subscriptions s on s.order_item_id = i.id
                        where i.order_id = o.id and s.website_id is not null and s.status = 'active'
                    ) as provisioned
                from orders o
                where o.id in ({concerned}) and o.status = 'provisioning'
                  and not exists (select from provisioning_tasks t where t.order_id = o.id and t.status not in ('success', 'cancelled'))
                  -- Its hosting waits with another order's on the same website.
                  and not exists (
                      select from order_items i join subscriptions s on s.order_item_id = i.id
                      join placements p on p.kind = 'hosting' and p.subject_id = s.website_id
                      join provisioning_tasks t on t.placement_id = p.id and t.status in ('pending', 'in_progress', 'failed')
                      where i.order_id = o.id and s.status = 'pending'
                  )
            ) as settled
            where o.id = settled.id;
            """;
}
