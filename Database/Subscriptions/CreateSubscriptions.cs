using Dapper;
using Npgsql;

namespace MPanel.Database.Subscriptions;

/// <summary>Step "subscriptions" of the sacred path, see docs/blueprint.md.</summary>
public static class CreateSubscriptions
{
    /// <summary>One per recurring item of the intake's order. Items that have theirs are left alone.</summary>
    /// <param name="now">Where the first period starts.</param>
    /// <returns>How many are new.</returns>
    public static Task<int> Run(NpgsqlTransaction transaction, long intakeId, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into subscriptions (order_item_id, customer_id, product_id, status, billing_period, quantity, unit_price, currency, domain,
                current_period_start, current_period_end)
            select i.id, o.customer_id, i.product_id, case p.provisions when 'none' then 'active' else 'pending' end, i.billing_period,
                i.quantity, i.unit_price, o.currency, o.primary_domain, @now,
                -- In UTC, or a month's length would depend on the session's daylight saving time.
                (@now at time zone 'UTC' + case i.billing_period when 'year' then interval '1 year' else interval '1 month' end) at time zone 'UTC'
            from orders o
            join order_items i on i.order_id = o.id and i.billing_period <> 'one_time'
            join products p on p.id = i.product_id
            where o.intake_id = @intakeId
            order by i.position
            on conflict (order_item_id) do nothing
            """,
            new { intakeId, now },
            transaction
        );
}
