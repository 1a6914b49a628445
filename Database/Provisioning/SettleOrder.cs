namespace MPanel.Database.Provisioning;

internal static class SettleOrder
{
    /// <summary>
    /// Ends the order of task <c>@taskId</c> when none of its tasks is open or failed: completed, or cancelled if nothing of it was
    /// provisioned. The order is locked by a statement of its own: of two that end the last two tasks of an order at once, the second must
    /// look only after the first has committed, or neither would see the order complete.
    /// </summary>
    public const string Sql = """
        select o.id from orders o
        where o.id = (select order_id from provisioning_tasks where id = @taskId)
        for no key update;

        update orders o
        set status = case when tasks.succeeded > 0 then 'completed' else 'cancelled' end, updated_at = now()
        from (
            select t.order_id, count(*) filter (where t.status = 'success') as succeeded,
                   count(*) filter (where t.status not in ('success', 'cancelled')) as unsettled
            from provisioning_tasks t
            where t.order_id = (select order_id from provisioning_tasks where id = @taskId)
            group by t.order_id
        ) as tasks
        where o.id = tasks.order_id and tasks.unsettled = 0 and o.status = 'provisioning';
        """;
}
