using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Status">received, processing, completed, needs_review or rejected.</param>
/// <param name="ReasonCode">Why it waits, needs review or was rejected; null while nothing is in the way.</param>
/// <param name="OrderState">Null until the order exists.</param>
/// <param name="InvoiceNumber">Null until invoiced.</param>
public sealed record OrderOverview(
    long IntakeId,
    long? OrderId,
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string PaymentIntentId,
    string? OrderState,
    decimal? Total,
    string? Currency,
    string? InvoiceNumber,
    string Domain,
    string CustomerEmail,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

public static class OrderStatus
{
    public static Task<OrderOverview?> Find(NpgsqlConnection db, string reference) =>
        db.QuerySingleOrDefaultAsync<OrderOverview>(
            """
            select i.id as intake_id, o.id as order_id, i.reference, i.status, i.reason_code, i.reason,
                i.stripe_payment_intent_id as payment_intent_id, o.status as order_state, o.total, o.currency,
                inv.invoice_number, i.body ->> 'primaryDomain' as domain, i.body ->> 'customerEmail' as customer_email, i.correlation_id, i.created_at, i.updated_at
            from order_intakes i
            left join orders o on o.intake_id = i.id
            left join lateral (select invoice_number from invoices where order_id = o.id order by id desc limit 1) inv on true
            where i.reference = @reference
            """,
            new { reference }
        );
}
