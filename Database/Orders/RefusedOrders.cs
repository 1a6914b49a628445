using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Status">open, received or closed.</param>
/// <param name="Faults">JSON: <c>[{ path, code, message }]</c>.</param>
/// <param name="Reference">Of the order that it became; null until then.</param>
/// <param name="Note">What is owed; null unless it is closed, or was before it became an order.</param>
public sealed record RefusedOrder(
    long Id,
    string? PaymentIntentId,
    string Status,
    string Body,
    string Faults,
    int Times,
    string ReceivedBy,
    string CorrelationId,
    string? Reference,
    string? Note,
    string? ClosedBy,
    DateTimeOffset? ClosedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>Orders that were refused though their money has been taken.</summary>
public static class RefusedOrders
{
    /// <summary>Null when there is no such one.</summary>
    public static Task<RefusedOrder?> Find(NpgsqlConnection db, long id, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleOrDefaultAsync<RefusedOrder>(
            """
            select r.id, r.stripe_payment_intent_id as payment_intent_id, r.status, r.body, r.faults::text as faults, r.times, r.received_by,
                   r.correlation_id, i.reference, r.note, r.closed_by, r.closed_at, r.created_at, r.updated_at
            from refused_orders r left join order_intakes i on i.id = r.intake_id
            where r.id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>The same, and nobody else changes it until the transaction ends.</summary>
    public static Task<RefusedOrder?> FindLocked(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<RefusedOrder>(
            """
            select r.id, r.stripe_payment_intent_id as payment_intent_id, r.status, r.body, r.faults::text as faults, r.times, r.received_by,
                   r.correlation_id, i.reference, r.note, r.closed_by, r.closed_at, r.created_at, r.updated_at
            from refused_orders r left join order_intakes i on i.id = r.intake_id
            where r.id = @id
            for update of r
            """,
            new { id },
            transaction
        );

    /// <summary>It became this order. False when it is not open any more.</summary>
    public static async Task<bool> Received(NpgsqlTransaction transaction, long id, string reference) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update refused_orders r set status = 'received', intake_id = i.id, updated_at = now()
            from order_intakes i where i.reference = @reference and r.id = @id and r.status = 'open'
            """,
            new { id, reference },
            transaction
        ) == 1;

    /// <summary>Nothing becomes of it. False when it is not open any more.</summary>
    /// <param name="note">What is owed to the customer.</param>
    public static async Task<bool> Close(NpgsqlTransaction transaction, long id, string note, string closedBy) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update refused_orders set status = 'closed', note = @note, closed_by = @closedBy, closed_at = now(), updated_at = now()
            where id = @id and status = 'open'
            """,
            new
            {
                id,
                note,
                closedBy,
            },
            transaction
        ) == 1;
}
