using MPanel.Database.Disputes;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Disputes;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>What Stripe says of a payment now, as far as it was asked.</summary>
/// <param name="Facts">Null where they were not asked for.</param>
/// <param name="Fee">Null while it is unknown.</param>
/// <param name="Reading">Its number: a later one has a higher.</param>
public sealed record PaymentReport(
    PaymentFacts? Facts,
    PaymentFee? Fee,
    IReadOnlyList<ReportedRefund> Refunds,
    IReadOnlyList<ReportedDispute> Disputes,
    IReadOnlyList<ReportedWarning> Warnings,
    long Reading
);

/// <summary>The answer to <see cref="PaymentReading.Of"/>: one of the two.</summary>
/// <param name="Failure">Never <see cref="PaymentLookup.Found"/>.</param>
public sealed record PaymentRead(PaymentReport? Report, PaymentLookup? Failure);

/// <summary>Asks Stripe about a payment that the panel has, and puts what it says into the books.</summary>
public sealed class PaymentReading(
    NpgsqlDataSource dataSource,
    StripePayments payments,
    StripeRefunds refunds,
    StripeDisputes disputes,
    RefundBooks refundBooks,
    DisputeBooks disputeBooks
)
{
    public async Task<PaymentRead> Of(string paymentIntentId, PaymentParts parts, CancellationToken cancellationToken)
    {
        // Before anything is asked: what began earlier may be older.
        long reading;
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            reading = await PaymentLooks.NextReading(db);
        var report = new PaymentReport(null, null, [], [], [], reading);
        if (parts.HasFlag(PaymentParts.Facts))
        {
            var found = await payments.Find(paymentIntentId, cancellationToken);
            if (found is not PaymentLookup.Found { Payment: var payment })
                return new PaymentRead(null, found);
            var fee = payment.Facts.ChargeId is { } charge ? await payments.FeeOf(charge, cancellationToken) : new FeeLookup(null, null);
            // A key that may not read it must not hide the rest.
            if (fee.Failure is PaymentLookup.Unavailable later)
                return new PaymentRead(null, later);
            report = report with { Facts = payment.Facts, Fee = fee.Fee };
        }
        if (parts.HasFlag(PaymentParts.Refunds))
        {
            var found = await refunds.Of(paymentIntentId, cancellationToken);
            if (found.Failure is { } failure)
                return new PaymentRead(null, failure);
            report = report with { Refunds = found.Refunds };
        }
        if (parts.HasFlag(PaymentParts.Disputes))
        {
            var found = await disputes.Of(paymentIntentId, cancellationToken);
            if (found.Failure is { } failure)
                return new PaymentRead(null, failure);
            report = report with { Disputes = found.Disputes };
        }
        if (parts.HasFlag(PaymentParts.Warnings))
        {
            var found = await disputes.WarningsOf(paymentIntentId, cancellationToken);
            if (found.Failure is { } failure)
                return new PaymentRead(null, failure);
            report = report with { Warnings = found.Warnings };
        }
        return new PaymentRead(report, null);
    }

    /// <param name="payment">Locked by the transaction.</param>
    /// <returns>What happened, for people; empty when the books said so already.</returns>
    public async Task<IReadOnlyList<string>> Apply(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        PaymentReport report,
        string correlationId
    )
    {
        if (report.Facts is { } facts)
            await PaymentLooks.Fill(transaction, payment.Id, facts, report.Fee);
        var done = new List<string?>();
        foreach (var refund in report.Refunds)
            done.Add(await refundBooks.Apply(transaction, await payment.Again(transaction), refund, correlationId));
        foreach (var dispute in report.Disputes)
            done.Add(await disputeBooks.Apply(transaction, payment, dispute, report.Reading, correlationId));
        foreach (var warning in report.Warnings)
            done.Add(await DisputeBooks.Warn(transaction, payment, warning, correlationId));
        return [.. done.OfType<string>()];
    }

    /// <summary>A refund that can't be counted against the payment; null when there is none.</summary>
    public static ReportedRefund? InAnotherCurrency(PaymentReport report, LockedPayment payment) =>
        report.Refunds.FirstOrDefault(r => r.Currency != payment.Currency);
}
