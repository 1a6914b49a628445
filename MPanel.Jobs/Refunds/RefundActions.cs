using MPanel.Database.Invoices;
using MPanel.Database.Jobs;
using MPanel.Database.Payments;
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
public sealed record RefundWish(Guid Uid, decimal? Amount, string? Reason)
{
    /// <summary>Lines of the invoice, instead of an amount; empty for none.</summary>
    public IReadOnlyList<LineWish> Lines { get; init; } = [];
}

/// <param name="Position">Of the line on the invoice.</param>
public sealed record LineWish(int Position, int Quantity);

/// <summary>Which payment's money goes back, and what for.</summary>
/// <param name="Subject">For the audit, such as <c>invoice INV-2026-000001</c>.</param>
/// <param name="Title">For the dashboard: references only.</param>
internal sealed record RefundSource(long PaymentId, string Subject, string Title);

/// <summary>Money that goes back because a person here says so.</summary>
public sealed class RefundActions(NpgsqlDataSource dataSource, JobSignals jobs)
{
    /// <summary>Code: not that much is left to refund.</summary>
    public const string TooMuch = "refund_too_large";

    private const int LongestReason = 500;

    private static readonly Refusal BadLines = Refusal.Invalid(
        "lines",
        "invalid_lines",
        "Must be lines of the invoice, each once, with a quantity above zero, and no amount beside them."
    );

    /// <summary>Holds the money, and adds the work that asks Stripe for it.</summary>
    public async Task<Outcome<RequestedRefund>> Request(Actor actor, long invoiceId, RefundWish wish)
    {
        if (Reason(wish.Reason) is not { } reason)
            return NoReason;
        await using var db = await dataSource.OpenConnectionAsync();
        if (await RequestRefund.ByUid(db, wish.Uid) is { } before)
            return new Outcome<RequestedRefund>.Done(before);
        await using var transaction = await db.BeginTransactionAsync();
        if (await RequestRefund.Of(db, invoiceId, transaction) is not { } invoice)
            return new Outcome<RequestedRefund>.Missing();
        var left = wish.Lines.Count > 0 ? await RefundLines.Left(db, invoiceId, transaction) : [];
        if (LinesOf(wish, left, invoice.Currency) is not { } lines)
            return BadLines;
        var amount = lines.Count > 0 ? lines.Sum(l => l.Amount) : wish.Amount ?? invoice.Rest;
        if (WhyNot(invoice, amount) is { } refusal)
            // The same request may have taken all that was left since.
            return await RequestRefund.ByUid(db, wish.Uid, transaction) is { } meanwhile
                ? new Outcome<RequestedRefund>.Done(meanwhile)
                : refusal;
        var source = new RefundSource(invoice.PaymentId!.Value, $"invoice {invoice.Number}", invoice.Number);
        if (await Hold(transaction, actor, source, wish.Uid, amount, reason) is not { } held)
            return More(invoice);
        var refund = held.Refund;
        if (!held.IsNew)
            return new Outcome<RequestedRefund>.Done(refund);
        if (lines.Count > 0)
        {
            // Asked while the payment is held: whoever refunds the same line at once comes after.
            left = await RefundLines.Left(db, invoiceId, transaction);
            if (lines.FirstOrDefault(l => l.Quantity > left.Single(f => f.Position == l.Position).Left) is { } over)
                return Refusal.Unfit(
                    "line_too_large",
                    $"Of line {over.Position} only {left.Single(f => f.Position == over.Position).Left} can still be refunded."
                );
            await RefundLines.Write(transaction, refund.Id, invoiceId, lines);
        }
        await transaction.CommitAsync();
        jobs.Added();
        return new Outcome<RequestedRefund>.Done(refund);
    }

    /// <summary>The reason as it is kept; null when it is none.</summary>
    internal static string? Reason(string? given)
    {
        var reason = given?.Trim() ?? "";
        return reason.Length is 0 or > LongestReason || reason.Any(char.IsControl) ? null : reason;
    }

    internal static readonly Refusal NoReason = Refusal.Invalid("reason", "malformed", $"1 to {LongestReason} characters on one line.");

    /// <summary>The same in a caller's transaction. Tell the jobs after the commit.</summary>
    /// <returns>Null when not that much is left, the payment is disputed, or the uid is another payment's.</returns>
    internal static async Task<HeldRefund?> Hold(
        NpgsqlTransaction transaction,
        Actor actor,
        RefundSource source,
        Guid uid,
        decimal amount,
        string reason
    )
    {
        if (await RequestRefund.Run(transaction, source.PaymentId, uid, amount, reason, actor.Name) is not { } held)
            return null;
        if (!held.IsNew)
            return held;
        var refund = held.Refund;
        var text = Money.Text(amount, refund.Currency);
        await RefundLine.Append(
            transaction,
            refund.PaymentId,
            $"A refund of {text} is asked for: {reason}",
            actor.Name,
            actor.CorrelationId
        );
        await AddJob.Run(transaction, RefundChain.Job(refund, source.Title, actor.CorrelationId));
        await actor
            .Audit(
                "refund.requested",
                source.Subject,
                null,
                AuditJson.Of(
                    new
                    {
                        amount,
                        refund.Currency,
                        reason,
                        refund.Uid,
                    }
                )
            )
            .Append(transaction.Connection!, transaction);
        return held;
    }

    /// <returns>None for a wish over an amount; null when they are no lines of the invoice.</returns>
    private static List<RefundedLine>? LinesOf(RefundWish wish, IReadOnlyList<RefundableLine> left, string currency)
    {
        if (wish.Lines.Count == 0)
            return [];
        if (wish.Amount is not null || wish.Lines.DistinctBy(l => l.Position).Count() != wish.Lines.Count)
            return null;
        var decimals = CurrencyExponents.Of(currency) ?? 2;
        var lines = new List<RefundedLine>();
        foreach (var wished in wish.Lines)
        {
            if (wished.Quantity is < 1 or > 1_000_000 || left.FirstOrDefault(l => l.Position == wished.Position) is not { } line)
                return null;
            var amount = Math.Round(line.Price * wished.Quantity, decimals, MidpointRounding.AwayFromZero);
            lines.Add(new RefundedLine(wished.Position, wished.Quantity, amount));
        }
        return lines;
    }

    private static Refusal? WhyNot(RefundableInvoice invoice, decimal amount) =>
        invoice.PaymentId is null ? Refusal.Unfit("not_paid_by_stripe", $"{invoice.Number} was not paid through Stripe.")
        : invoice.Disputed is { } disputed
            ? Refusal.State(
                "payment_disputed",
                disputed == PaymentState.Lost
                    ? "The customer's bank has taken the money back: the dispute is lost, and Stripe refunds nothing of such a payment."
                    : "The customer's bank disputes the payment and holds the money until it has decided. Stripe refunds nothing meanwhile."
            )
        : invoice.Rest <= 0 ? Refusal.State("nothing_left", $"Nothing of {invoice.Number} is left to refund.")
        : amount <= 0 || CurrencyExponents.ToMinor(amount, invoice.Currency) is null
            ? Refusal.Invalid("amount", "malformed", $"Must be above zero, with the decimals of {invoice.Currency}.")
        : amount > invoice.Rest ? More(invoice)
        : null;

    private static Refusal More(RefundableInvoice invoice) =>
        Refusal.Unfit(TooMuch, $"At most {Money.Text(invoice.Rest, invoice.Currency)} of {invoice.Number} can still be refunded.");
}
