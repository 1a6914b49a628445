using Dapper;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using Npgsql;

namespace MPanel.Database.Disputes;

/// <summary>A dispute as Stripe reports it now.</summary>
/// <param name="Status">One of <see cref="DisputeState"/>.</param>
/// <param name="StripeStatus">Stripe's own word for it.</param>
/// <param name="Fee">Null where Stripe named none.</param>
/// <param name="DueAt">Until when evidence counts; null where Stripe names no day.</param>
public sealed record ReportedDispute(
    string StripeId,
    decimal Amount,
    string Currency,
    PaymentFee? Fee,
    string Status,
    string StripeStatus,
    string Reason,
    DateTimeOffset? DueAt,
    DateTimeOffset OpenedAt
);

/// <summary>What the books have taken over.</summary>
/// <param name="Before">One of <see cref="DisputeState"/>; null for a new one.</param>
/// <param name="Booked">How much of the payment the bank has now, major units.</param>
public sealed record DisputeChange(string? Before, decimal Booked);

public static class ApplyDispute
{
    private sealed record Known(long Id, string Status, long Reading);

    /// <summary>
    /// Makes the books say of a dispute what Stripe says now, whatever they said before: Stripe may turn every decision around, and the
    /// difference is booked.
    /// </summary>
    /// <param name="reading">Of <see cref="PaymentLooks.NextReading"/>, taken before Stripe was asked: an earlier one overwrites nothing.</param>
    /// <returns>Null when the books said so already.</returns>
    public static async Task<DisputeChange?> Run(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        ReportedDispute reported,
        long reading,
        DateTimeOffset now
    )
    {
        var known = await Find(transaction, reported.StripeId);
        if (known is not null && known.Reading >= reading)
            return null;
        // An inquiry never follows a dispute: it was read before.
        if (known is { Status: not DisputeState.Inquiry } && reported.Status == DisputeState.Inquiry)
            return null;
        var id = await Keep(transaction, payment.Id, reported, reading, now);
        await BookDisputes.Run(transaction, payment.Id, now);
        if (known?.Status == reported.Status)
            return null;
        return new DisputeChange(
            known?.Status,
            await transaction.Connection!.ExecuteScalarAsync<decimal>(
                "select booked_amount from disputes where id = @id",
                new { id },
                transaction
            )
        );
    }

    private static Task<Known?> Find(NpgsqlTransaction transaction, string stripeId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Known>(
            "select id, status, reading from disputes where stripe_dispute_id = @stripeId",
            new { stripeId },
            transaction
        );

    /// <summary>The payment is locked, and so nobody else writes its disputes. What Stripe doesn't say any more stays.</summary>
    private static Task<long> Keep(
        NpgsqlTransaction transaction,
        long paymentId,
        ReportedDispute reported,
        long reading,
        DateTimeOffset now
    ) =>
        transaction.Connection!.ExecuteScalarAsync<long>(
            """
            insert into disputes as d (stripe_dispute_id, payment_id, amount, currency, fee, fee_currency, status, stripe_status, reason,
                evidence_due_at, booked, reading, opened_at, updated_at)
            values (@StripeId, @paymentId, @Amount, @Currency, @Fee, @FeeCurrency, @Status, @StripeStatus, @Reason,
                @DueAt, @booked, @reading, @OpenedAt, @now)
            on conflict (stripe_dispute_id) do update
            set amount = excluded.amount, currency = excluded.currency, fee = coalesce(excluded.fee, d.fee),
                fee_currency = coalesce(excluded.fee_currency, d.fee_currency), status = excluded.status,
                stripe_status = excluded.stripe_status, reason = excluded.reason,
                evidence_due_at = coalesce(excluded.evidence_due_at, d.evidence_due_at), booked = excluded.booked,
                -- Counted anew at once. What is there by then must not be more than there can be.
                booked_amount = case excluded.booked when 'none' then 0 else least(d.booked_amount, excluded.amount) end,
                loss = case excluded.booked when 'lost' then least(d.loss, excluded.amount) else 0 end,
                reading = excluded.reading,
                updated_at = case when (d.status, d.amount) <> (excluded.status, excluded.amount) then excluded.updated_at else d.updated_at end
            returning id
            """,
            new
            {
                reported.StripeId,
                paymentId,
                reported.Amount,
                reported.Currency,
                Fee = reported.Fee?.Amount,
                FeeCurrency = reported.Fee?.Currency,
                reported.Status,
                reported.StripeStatus,
                reported.Reason,
                reported.DueAt,
                booked = DisputeState.Booked(reported.Status),
                reading,
                reported.OpenedAt,
                now,
            },
            transaction
        );
}
