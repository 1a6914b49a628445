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
/// <param name="Replaced">The body that this one took the place of; null where none was replaced.</param>
public sealed record KeptRefusal(long? Id, bool IsNew = false, string? Replaced = null);

public static class KeepRefusedOrder
{
    /// <summary>Each body that replaces another stands in the audit: a sender that changes its mind without end must not fill the disk.</summary>
    private const int MostBodies = 20;

    private sealed record Known(long Id, string Status, int Times, string Body);

    /// <summary>
    /// Keeps it, once for each PaymentIntent. Not where its PaymentIntent has an order already: nothing is lost then. Not where
    /// <paramref name="most"/> of its sender's are open: whoever sends so many has one fault, and it can be seen. What was decided already
    /// stays as it is, as does what was sent very often; only how often is counted.
    /// </summary>
    /// <param name="most">Open ones of the same sender and sort, with or without a PaymentIntent.</param>
    public static async Task<KeptRefusal> Run(NpgsqlTransaction transaction, NewRefusedOrder refused, int most)
    {
        var db = transaction.Connection!;
        if (await Find(db, refused, transaction) is { } known)
            return await Again(db, refused, known, transaction);
        if (await HasOrder(db, refused, transaction))
            return new KeptRefusal(null);
        if (await NotKeptOrders.IsFull(transaction, refused.ReceivedBy, refused.PaymentIntentId is not null, most))
        {
            await NotKeptOrders.Count(transaction, refused.ReceivedBy);
            return new KeptRefusal(null);
        }
        var id = await db.ExecuteScalarAsync<long?>(
            """
            insert into refused_orders (key, stripe_payment_intent_id, body, faults, received_by, correlation_id)
            values (@Key, @PaymentIntentId, @Body, @Faults::jsonb, @ReceivedBy, @CorrelationId)
            on conflict (key) do nothing
            returning id
            """,
            refused,
            transaction
        );
        // Where it is null, the same was kept a moment ago, by a call at the same time.
        return id is not null
            ? new KeptRefusal(id, IsNew: true)
            : await Again(db, refused, (await Find(db, refused, transaction))!, transaction);
    }

    private static Task<Known?> Find(NpgsqlConnection db, NewRefusedOrder refused, NpgsqlTransaction transaction) =>
        db.QuerySingleOrDefaultAsync<Known>(
            "select id, status, times, body from refused_orders where key = @Key for update",
            refused,
            transaction
        );

    private static Task<bool> HasOrder(NpgsqlConnection db, NewRefusedOrder refused, NpgsqlTransaction transaction) =>
        db.ExecuteScalarAsync<bool>(
            "select exists (select from order_intakes where stripe_payment_intent_id = @PaymentIntentId)",
            refused,
            transaction
        );

    private static async Task<KeptRefusal> Again(NpgsqlConnection db, NewRefusedOrder refused, Known known, NpgsqlTransaction transaction)
    {
        var replaces = known.Status == RefusedOrderState.Open && known.Times < MostBodies && known.Body != refused.Body;
        await db.ExecuteAsync(
            replaces
                ? """
                update refused_orders
                set body = @Body, faults = @Faults::jsonb, times = least(times, 999999) + 1, received_by = @ReceivedBy,
                    correlation_id = @CorrelationId, updated_at = now()
                where key = @Key
                """
                : "update refused_orders set times = least(times, 999999) + 1, updated_at = now() where key = @Key and status <> 'received'",
            refused,
            transaction
        );
        return new KeptRefusal(known.Id, Replaced: replaces ? known.Body : null);
    }
}
