using MPanel.Database.Disputes;
using MPanel.Database.Refunds;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Jobs.Disputes;

/// <summary>Puts into the books what banks say against a payment, with a line on the order's timeline.</summary>
public sealed class DisputeBooks(TimeProvider time)
{
    /// <param name="payment">Locked by the transaction.</param>
    /// <param name="reading">Taken before Stripe was asked.</param>
    /// <returns>What happened, for people; null when the books said so already.</returns>
    public async Task<string?> Apply(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        ReportedDispute dispute,
        long reading,
        string correlationId
    )
    {
        if (await ApplyDispute.Run(transaction, payment, dispute, reading, time.GetUtcNow()) is not { } change)
            return null;
        var line = DisputeWords.Line(dispute, change);
        await RefundLine.Append(transaction, payment.Id, line, "stripe", correlationId, TimelineStep.Dispute);
        return line;
    }

    /// <param name="payment">Locked by the transaction.</param>
    /// <returns>What happened, for people; null when the warning is known.</returns>
    public static async Task<string?> Warn(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        ReportedWarning warning,
        string correlationId
    )
    {
        if (!await FraudWarnings.Keep(transaction, payment, warning))
            return null;
        var line = $"The customer's bank warns of fraud: {warning.FraudType} ({warning.StripeId})";
        await RefundLine.Append(transaction, payment.Id, line, "stripe", correlationId, TimelineStep.Dispute);
        return line;
    }
}
