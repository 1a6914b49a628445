using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Status">See <see cref="IntakeState"/>.</param>
/// <param name="ReasonCode">Why it waits, needs review or was rejected; null while nothing is in the way, as is the reason.</param>
public sealed record OrderOverview(
    long IntakeId,
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public required OrderedFor Ordered { get; init; }

    /// <summary>Null until the order exists.</summary>
    public PlacedOrder? Order { get; init; }
}

/// <summary>What the shop sent: for whom, and paid by what.</summary>
public sealed record OrderedFor(string Domain, string CustomerEmail, string PaymentIntentId);

/// <param name="State">See <see cref="OrderState"/>.</param>
/// <param name="InvoiceNumber">Null until invoiced.</param>
public sealed record PlacedOrder(long Id, string State, decimal Total, string Currency, string? InvoiceNumber);

public static class OrderStatus
{
    public static async Task<OrderOverview?> Find(NpgsqlConnection db, string reference) =>
        (
            await db.QueryAsync<OrderOverview, OrderedFor, PlacedOrder?, OrderOverview>(
                """
                select i.id as intake_id, i.reference, i.status, i.reason_code, i.reason, i.correlation_id, i.created_at, i.updated_at,
                       i.body ->> 'primaryDomain' as domain, i.body ->> 'customerEmail' as customer_email,
                       i.stripe_payment_intent_id as payment_intent_id,
                       o.id, o.status as state, o.total, o.currency, inv.invoice_number
                from order_intakes i
                left join orders o on o.intake_id = i.id
                left join lateral (select invoice_number from invoices where order_id = o.id order by id desc limit 1) inv on true
                where i.reference = @reference
                """,
                (overview, ordered, order) => overview with { Ordered = ordered, Order = order },
                new { reference },
                splitOn: "domain,id"
            )
        ).SingleOrDefault();
}
