using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Status">See <see cref="RefusedOrderState"/>.</param>
/// <param name="Faults">JSON: <c>[{ path, code, message }]</c>.</param>
/// <param name="Reference">Of the order that it became; null until then.</param>
public sealed record RefusedOrder(
    long Id,
    string Status,
    string Faults,
    string? Reference,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public required SentOrder Sent { get; init; }

    /// <summary>Null unless it is closed, or was before it became an order.</summary>
    public RefusalClosing? Closing { get; init; }
}

/// <summary>What was sent last, and by whom.</summary>
/// <param name="PaymentIntentId">Null where none can be read from it.</param>
/// <param name="Times">How often it was sent.</param>
public sealed record SentOrder(string Body, string? PaymentIntentId, int Times, string ReceivedBy, string CorrelationId);

/// <param name="Note">What is owed to the customer.</param>
public sealed record RefusalClosing(DateTimeOffset At, string By, string Note);

/// <summary>Orders that were refused though their money has been taken.</summary>
public static class RefusedOrders
{
    /// <summary>Null when there is no such one.</summary>
    public static async Task<RefusedOrder?> Find(NpgsqlConnection db, long id, NpgsqlTransaction? transaction = null) =>
        (
            await db.QueryAsync<RefusedOrder, SentOrder, RefusalClosing?, RefusedOrder>(
                """
                select r.id, r.status, r.faults::text as faults, i.reference, r.created_at, r.updated_at,
                       r.body, r.stripe_payment_intent_id as payment_intent_id, r.times, r.received_by, r.correlation_id,
                       r.closed_at as at, r.closed_by as by, r.note
                from refused_orders r left join order_intakes i on i.id = r.intake_id
                where r.id = @id
                """,
                Whole,
                new { id },
                transaction,
                splitOn: "body,at"
            )
        ).SingleOrDefault();

    /// <summary>The same, and nobody else changes it until the transaction ends.</summary>
    public static async Task<RefusedOrder?> FindLocked(NpgsqlTransaction transaction, long id) =>
        (
            await transaction.Connection!.QueryAsync<RefusedOrder, SentOrder, RefusalClosing?, RefusedOrder>(
                """
                select r.id, r.status, r.faults::text as faults, i.reference, r.created_at, r.updated_at,
                       r.body, r.stripe_payment_intent_id as payment_intent_id, r.times, r.received_by, r.correlation_id,
                       r.closed_at as at, r.closed_by as by, r.note
                from refused_orders r left join order_intakes i on i.id = r.intake_id
                where r.id = @id
                for update of r
                """,
                Whole,
                new { id },
                transaction,
                splitOn: "body,at"
            )
        ).SingleOrDefault();

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

    private static RefusedOrder Whole(RefusedOrder order, SentOrder sent, RefusalClosing? closing) =>
        order with
        {
            Sent = sent,
            Closing = closing,
        };
}
