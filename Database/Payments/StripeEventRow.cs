using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <param name="PaymentIntentId">Null for an event that is about no payment.</param>
public sealed record StripeEventSubject(long Id, string Type, string? PaymentIntentId, string State);

public static class StripeEventRow
{
    public static Task<StripeEventSubject> Get(NpgsqlConnection db, long id) =>
        db.QuerySingleAsync<StripeEventSubject>("select id, type, payment_intent_id, state from stripe_events where id = @id", new { id });

    /// <param name="outcome">What it did, for people.</param>
    public static Task End(NpgsqlTransaction transaction, long id, string state, string outcome) =>
        transaction.Connection!.ExecuteAsync(
            "update stripe_events set state = @state, outcome = @outcome, updated_at = now() where id = @id and state = 'received'",
            new
            {
                id,
                state,
                outcome,
            },
            transaction
        );
}
