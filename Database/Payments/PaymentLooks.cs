using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <summary>A payment about which Stripe is to be asked.</summary>
/// <param name="HasFacts">False for one that an earlier release took in, and that was never read.</param>
/// <param name="Looks">How often it was asked since.</param>
public sealed record DuePayment(long Id, string PaymentIntentId, bool HasFacts, int Looks);

public static class PaymentLooks
{
    /// <summary>
    /// Those whose time has come, the longest waiting first. Each is put off a little, so that whoever else asks takes others, and so that one
    /// which can't be read is no hindrance to those behind it.
    /// </summary>
    public static async Task<IReadOnlyList<DuePayment>> Due(NpgsqlConnection db, int limit, TimeSpan putOff) =>
        (
            await db.QueryAsync<DuePayment>(
                """
                update payments p set look_due_at = now() + @putOff
                from (
                    select id from payments where look_due_at <= now() order by look_due_at, id limit @limit for no key update skip locked
                ) due
                where p.id = due.id
                returning p.id, p.stripe_payment_intent_id as payment_intent_id, p.facts_at is not null as has_facts, p.looks::integer as looks
                """,
                new { limit, putOff }
            )
        ).AsList();

    /// <summary>Fills what is missing, and never changes what is there; but the moment of a payment that was never read is a guess until now.</summary>
    /// <param name="fee">Null while Stripe doesn't know it.</param>
    public static Task Fill(NpgsqlTransaction transaction, long paymentId, PaymentFacts facts, PaymentFee? fee) =>
        transaction.Connection!.ExecuteAsync(
            """
            update payments
            set stripe_charge_id = coalesce(stripe_charge_id, @ChargeId),
                stripe_customer_id = coalesce(stripe_customer_id, @CustomerId),
                stripe_payment_method_id = coalesce(stripe_payment_method_id, @MethodId),
                received_at = case when facts_at is null then coalesce(@ReceivedAt, received_at) else coalesce(received_at, @ReceivedAt) end,
                billing_country = coalesce(billing_country, @BillingCountry),
                card_brand = coalesce(card_brand, @Brand),
                card_last4 = coalesce(card_last4, @Last4),
                card_exp_month = coalesce(card_exp_month, @ExpiryMonth),
                card_exp_year = coalesce(card_exp_year, @ExpiryYear),
                card_country = coalesce(card_country, @CardCountry),
                fee_currency = case when fee is null then @FeeCurrency else fee_currency end,
                fee = coalesce(fee, @Fee),
                facts_at = coalesce(facts_at, now())
            where id = @paymentId
            """,
            new
            {
                paymentId,
                facts.ChargeId,
                facts.CustomerId,
                facts.MethodId,
                facts.ReceivedAt,
                facts.BillingCountry,
                facts.Card?.Brand,
                facts.Card?.Last4,
                facts.Card?.ExpiryMonth,
                facts.Card?.ExpiryYear,
                CardCountry = facts.Card?.Country,
                Fee = fee?.Amount,
                FeeCurrency = fee?.Currency,
            },
            transaction
        );

    /// <summary>It was read. While the fee is unknown it is read again after an hour, a day and a week; then nobody will ever know.</summary>
    public static Task Looked(NpgsqlTransaction transaction, long paymentId) =>
        transaction.Connection!.ExecuteAsync(
            """
            update payments
            set looks = looks + 1,
                look_due_at = case
                    when fee is not null then null
                    when looks = 0 then now() + interval '1 hour'
                    when looks = 1 then now() + interval '1 day'
                    when looks = 2 then now() + interval '7 days'
                end
            where id = @paymentId
            """,
            new { paymentId },
            transaction
        );

    /// <summary>Stripe knows nothing of it, so there is nothing to ask.</summary>
    public static Task GiveUp(NpgsqlConnection db, long paymentId) =>
        db.ExecuteAsync("update payments set look_due_at = null where id = @paymentId", new { paymentId });

    public static Task<long> NextReading(NpgsqlConnection db) => db.ExecuteScalarAsync<long>("select nextval('stripe_readings')");
}
