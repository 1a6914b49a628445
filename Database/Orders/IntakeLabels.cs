using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>What people know an order by.</summary>
public sealed record IntakeLabel(long Id, string Reference, string PaymentIntentId, string CustomerEmail);

public static class IntakeLabels
{
    public static Task<IEnumerable<IntakeLabel>> Run(NpgsqlConnection db, long[] ids, CancellationToken cancellationToken) =>
        db.QueryAsync<IntakeLabel>(
            new CommandDefinition(
                """
                select id, reference, stripe_payment_intent_id as payment_intent_id, coalesce(body ->> 'customerEmail', '') as customer_email
                from order_intakes where id = any(@ids)
                """,
                new { ids },
                cancellationToken: cancellationToken
            )
        );
}
