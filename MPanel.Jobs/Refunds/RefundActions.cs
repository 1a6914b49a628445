using MPanel.Database.Invoices;
using MPanel.Database.Jobs;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>What is asked for.</summary>
/// <param name="Uid">Names the request: the same again is the same refund.</param>
/// <param name="Amount">Major units; null for all that is left.</param>
public sealed record RefundWish(Guid Uid, decimal? Amount, string? Reason);

/// <summary>Money that goes back because a person here says so.</summary>
public sealed class RefundActions(NpgsqlDataSource dataSource, JobSignals jobs)
{
    /// <summary>Code: not that much is left to refund.</summary>
    public const string TooMuch = "refund_too_large";

    private const int LongestReason = 500;

    /// <summary>Holds the money, and adds the work that asks Stripe for it.</summary>
    public async Task<Outcome<RequestedRefund>> Request(Actor actor, long invoiceId, RefundWish wish)
    {
        var reason = wish.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > LongestReason || reason.Any(char.IsControl))
            return Refusal.Invalid("reason", "malformed", $"1 to {LongestReason} characters on one line.");
        await using var db = await dataSource.OpenConnectionAsync();
        if (await RequestRefund.ByUid(db, wish.Uid) is { } before)
            return new Outcome<RequestedRefund>.Done(before);
        await using var transaction = await db.BeginTransactionAsync();
        if (await RequestRefund.Of(db, invoiceId, transaction) is not { } invoice)
            return new Outcome<RequestedRefund>.Missing();
        var amount = wish.Amount ?? invoice.Rest;
        if (WhyNot(invoice, amount) is { } refusal)
            return refusal;
        if (await RequestRefund.Run(transaction, invoice.PaymentId!.Value, wish.Uid, amount, reason, actor.Name) is not { } refund)
            return More(invoice);
        var text = Money.Text(amount, invoice.Currency);
        await RefundLine.Append(
            transaction,
            refund.PaymentId,
            $"A refund of {text} is asked for: {reason}",
            actor.Name,
            actor.CorrelationId
        );
        await AddJob.Run(transaction, RefundChain.Job(refund, invoice.Number, actor.CorrelationId));
        await actor
            .Audit(
                "refund.requested",
                $"invoice {invoice.Number}",
                null,
                AuditJson.Of(
                    new
                    {
                        amount,
                        invoice.Currency,
                        reason,
                        refund.Uid,
                    }
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        jobs.Added();
        return new Outcome<RequestedRefund>.Done(refund);
    }

    private static Refusal? WhyNot(RefundableInvoice invoice, decimal amount) =>
        invoice.PaymentId is null ? Refusal.Unfit("not_paid_by_stripe", $"{invoice.Number} was not paid through Stripe.")
        : invoice.Disputed
            ? Refusal.State("payment_disputed", "The customer's bank disputes the payment: what Stripe has of it is decided there.")
        : invoice.Rest <= 0 ? Refusal.State("nothing_left", $"Nothing of {invoice.Number} is left to refund.")
        : amount <= 0 || CurrencyExponents.ToMinor(amount, invoice.Currency) is null
            ? Refusal.Invalid("amount", "malformed", $"Must be above zero, with the decimals of {invoice.Currency}.")
        : amount > invoice.Rest ? More(invoice)
        : null;

    private static Refusal More(RefundableInvoice invoice) =>
        Refusal.Unfit(TooMuch, $"At most {Money.Text(invoice.Rest, invoice.Currency)} of {invoice.Number} can still be refunded.");
}
