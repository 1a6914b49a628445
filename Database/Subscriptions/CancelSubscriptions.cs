using Dapper;
using Npgsql;

namespace MPanel.Database.Subscriptions;

public static class CancelSubscriptions
{
    /// <summary>All that an order brought end now. Those that have ended stay as they are.</summary>
    public static Task OfOrder(NpgsqlTransaction transaction, long orderId) =>
        transaction.Connection!.ExecuteAsync(
            """
            update subscriptions s set status = 'cancelled', cancelled_at = now(), updated_at = now()
            from order_items i where i.id = s.order_item_id and i.order_id = @orderId and s.status <> 'cancelled'
            """,
            new { orderId },
            transaction
        );
}
