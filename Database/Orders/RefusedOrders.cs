using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="PaymentIntentId">Null where none can be read from the body.</param>
/// <param name="Key">The PaymentIntent, or the body's SHA-256 where there is none.</param>
/// <param name="Body">As it was sent; at most 64 KiB.</param>
/// <param name="Faults">JSON: what is wrong with it.</param>
public sealed record NewRefusedOrder(
    string? PaymentIntentId,
    string Key,
    string Body,
    string Faults,
    string ReceivedBy,
    string CorrelationId
);

/// <param name="Id">Null where it was not kept.</param>
/// <param name="IsNew">It was not there before.</param>
public sealed record KeptRefusal(long? Id, bool IsNew);

/// <param name="Status">open, received or closed.</param>
/// <param name="Faults">JSON: <c>[{ path, code, message }]</c>.</param>
/// <param name="Reference">Of the order that it became; null until then.</param>
/// <param name="Note">What is owed; null unless it is closed.</param>
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
    /// <summary>
    /// Keeps it, once for each PaymentIntent. Not where its PaymentIntent has an order already: nothing is lost then. Not where
    /// <paramref name="most"/> are open: whoever sends so many has one fault, and it can be seen.
    /// </summary>
    /// <param name="most">Open ones of the same sort, with or without a PaymentIntent.</param>
    public static async Task<KeptRefusal> Keep(NpgsqlTransaction transaction, NewRefusedOrder refused, int most)
    {
        var kept = await transaction.Connection!.QuerySingleOrDefaultAsync<KeptRefusal>(
            """
            insert into refused_orders (key, stripe_payment_intent_id, body, faults, received_by, correlation_id)
            select @Key, @PaymentIntentId, @Body, @Faults::jsonb, @ReceivedBy, @CorrelationId
            where not exists (select from order_intakes where stripe_payment_intent_id = @PaymentIntentId)
              and (exists (select from refused_orders where key = @Key)
                or (select count(*) from (
                        select from refused_orders
                        where status = 'open' and (stripe_payment_intent_id is null) = (@PaymentIntentId::text is null)
                        limit @most
                    ) open) < @most)
            on conflict (key) do update
            set body = excluded.body, faults = excluded.faults, times = least(refused_orders.times, 999999) + 1,
                received_by = excluded.received_by, correlation_id = excluded.correlation_id, updated_at = now()
            returning id, xmax = 0 as is_new
            """,
            new
            {
                refused.Key,
                refused.PaymentIntentId,
                refused.Body,
                refused.Faults,
                refused.ReceivedBy,
                refused.CorrelationId,
                most,
            },
            transaction
        );
        return kept ?? new KeptRefusal(null, IsNew: false);
    }

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
