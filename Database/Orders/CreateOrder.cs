using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Description">What the item is called on the invoice.</param>
/// <param name="UnitPrice">Major units.</param>
public sealed record NewOrderItem(long ProductId, string Description, string BillingPeriod, int Quantity, decimal UnitPrice);

/// <summary>Step "order" of the sacred path, see docs/blueprint.md.</summary>
public static class CreateOrder
{
    /// <summary>Order and items in one statement. An intake that has its order already is left alone.</summary>
    /// <param name="total">Major units; equal to what was paid.</param>
    public static Task Run(
        NpgsqlTransaction transaction,
        long intakeId,
        string currency,
        decimal total,
        string primaryDomain,
        IReadOnlyList<NewOrderItem> items
    ) =>
        transaction.Connection!.ExecuteAsync(
            """
            with created as (
                insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
                select i.id, i.reference, i.customer_id, p.id, 'paid', @currency, @total, @primaryDomain
                from order_intakes i join payments p on p.intake_id = i.id
                where i.id = @intakeId
                on conflict (intake_id) do nothing
                returning id
            )
            insert into order_items (order_id, position, product_id, description, billing_period, quantity, unit_price, amount)
            select created.id, item.position, item.product_id, item.description, item.billing_period, item.quantity, item.unit_price,
                   item.quantity * item.unit_price
            from created
            cross join unnest(@products, @descriptions, @periods, @quantities, @prices) with ordinality
                as item (product_id, description, billing_period, quantity, unit_price, position)
            """,
            new
            {
                intakeId,
                currency,
                total,
                primaryDomain,
                products = items.Select(i => i.ProductId).ToArray(),
                descriptions = items.Select(i => i.Description).ToArray(),
                periods = items.Select(i => i.BillingPeriod).ToArray(),
                quantities = items.Select(i => i.Quantity).ToArray(),
                prices = items.Select(i => i.UnitPrice).ToArray(),
            },
            transaction
        );
}
