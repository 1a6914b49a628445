using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <summary>Step "payment" of the sacred path, see docs/blueprint.md.</summary>
public static class RecordPayment
{
    /// <summary>Keeps what Stripe confirmed. An intake has one payment; a second call changes nothing.</summary>
    /// <param name="amount">Major units.</param>
    public static Task Run(
        NpgsqlTransaction transaction,
        long intakeId,
        string paymentIntentId,
        string? chargeId,
        decimal amount,
        string currency,
        bool livemode
    ) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into payments (intake_id, stripe_payment_intent_id, stripe_charge_id, status, amount, currency, livemode)
            values (@intakeId, @paymentIntentId, @chargeId, 'succeeded', @amount, @currency, @livemode)
            on conflict (intake_id) do nothing
            """,
            new
            {
                intakeId,
                paymentIntentId,
                chargeId,
                amount,
                currency,
                livemode,
            },
            transaction
        );
}
