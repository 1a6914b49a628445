using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <summary>A payment that Stripe confirmed.</summary>
/// <param name="Amount">Major units.</param>
public sealed record ConfirmedPayment(string PaymentIntentId, decimal Amount, string Currency, bool Livemode, PaymentFacts Facts);

/// <summary>Step "payment" of the sacred path, see docs/blueprint.md.</summary>
public static class RecordPayment
{
    /// <summary>
    /// Keeps what Stripe confirmed, and takes up the events that came before it. An intake has one payment; a second call changes nothing.
    /// Stripe doesn't know its fee at first, so it is asked again a minute later.
    /// </summary>
    public static Task Run(NpgsqlTransaction transaction, long intakeId, ConfirmedPayment payment) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            insert into payments (intake_id, stripe_payment_intent_id, status, amount, currency, livemode, stripe_charge_id, stripe_customer_id,
                stripe_payment_method_id, received_at, billing_country, card_brand, card_last4, card_exp_month, card_exp_year, card_country,
                facts_at, look_due_at)
            values (@intakeId, @PaymentIntentId, 'succeeded', @Amount, @Currency, @Livemode, @ChargeId, @CustomerId,
                @MethodId, @ReceivedAt, @BillingCountry, @Brand, @Last4, @ExpiryMonth, @ExpiryYear, @CardCountry,
                now(), now() + interval '1 minute')
            on conflict (intake_id) do nothing;

            {ReceiveStripeEvents.TakeUpOfPayment};
            """,
            new
            {
                intakeId,
                payment.PaymentIntentId,
                payment.Amount,
                payment.Currency,
                payment.Livemode,
                payment.Facts.ChargeId,
                payment.Facts.CustomerId,
                payment.Facts.MethodId,
                payment.Facts.ReceivedAt,
                payment.Facts.BillingCountry,
                payment.Facts.Card?.Brand,
                payment.Facts.Card?.Last4,
                payment.Facts.Card?.ExpiryMonth,
                payment.Facts.Card?.ExpiryYear,
                CardCountry = payment.Facts.Card?.Country,
            },
            transaction
        );
}
