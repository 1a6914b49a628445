using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <param name="PaymentIntentId">Null for an event that is about no payment.</param>
/// <param name="PaymentKnown">The panel has that payment.</param>
/// <param name="FeeKnown">And what Stripe took for it.</param>
public sealed record StripeEventSubject(
    long Id,
    string Type,
    string? PaymentIntentId,
    bool LiveMode,
    string State,
    bool PaymentKnown,
    bool FeeKnown
);

public static class StripeEventRow
{
    public static Task<StripeEventSubject> Get(NpgsqlConnection db, long id) =>
        db.QuerySingleAsync<StripeEventSubject>(
            """
            select e.id, e.type, e.payment_intent_id, e.livemode as live_mode, e.state, p.id is not null as payment_known,
                p.fee is not null as fee_known
            from stripe_events e left join payments p on p.stripe_payment_intent_id = e.payment_intent_id
            where e.id = @id
            """,
            new { id }
        );

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
