using System.Globalization;
using Microsoft.Extensions.Options;
using MPanel.Database.Invoices;
using MPanel.Database.Refunds;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Invoices;

/// <summary>What is to be taken back of an invoice.</summary>
/// <param name="Uid">Names the request: the same again takes nothing further.</param>
/// <param name="Amount">Major units; null for all that is left of the invoice.</param>
public sealed record CreditWish(Guid Uid, decimal? Amount, string? Reason);

/// <summary>
/// Takes back invoices, or parts of them, without money going back: always by a credit note, since an issued invoice is never simply void.
/// What nobody has paid is not due any more; what was paid above that becomes credit of the customer.
/// </summary>
public sealed class CreditActions(NpgsqlDataSource dataSource, IOptions<OrderOptions> options, TimeProvider time)
{
    public async Task<Outcome<LockedInvoice>> Credit(Actor actor, long id, CreditWish wish)
    {
        if (InvoiceRules.Reason(wish.Reason) is not { } reason)
            return InvoiceRules.BadReason;
        return await Take(actor, id, wish with { Reason = reason }, invoice => wish.Amount ?? invoice.Total - invoice.Credited);
    }

    /// <summary>Takes back what nobody has paid.</summary>
    public async Task<Outcome<LockedInvoice>> TakeBackRest(Actor actor, long id, Guid uid, string? why)
    {
        if (InvoiceRules.Reason(why) is not { } reason)
            return InvoiceRules.BadReason;
        return await Take(actor, id, new CreditWish(uid, null, reason), invoice => invoice.Rest);
    }

    private async Task<Outcome<LockedInvoice>> Take(Actor actor, long id, CreditWish wish, Func<LockedInvoice, decimal> amountOf)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var payments = await FreeSettled.Lock(transaction, id);
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        var source = $"credit:{id}:{wish.Uid}";
        if (await IssueCreditNote.Happened(transaction, source))
            return new Outcome<LockedInvoice>.Done(invoice);
        var amount = amountOf(invoice);
        if (WhyNot(invoice, amount) is { } refusal)
            return refusal;
        var paid = Math.Max(0, amount - invoice.Rest);
        if (paid > 0)
        {
            if (payments.Any(p => p.Held))
                return Refusal.State(
                    "money_held",
                    "A refund of its payment is under way, or the bank disputes it: only what is not paid can be taken back now."
                );
            if (!await Free(transaction, actor, invoice, payments, paid, source, wish.Reason!))
                return new Outcome<LockedInvoice>.Conflict(invoice);
        }
        var now = time.GetUtcNow();
        var series = string.Create(CultureInfo.InvariantCulture, $"{options.Value.CreditNotePrefix}-{now.Year}");
        var note = new NoteToIssue(id, amount, paid, MoneyWentBack: false, series, wish.Reason!, source, RefundId: null);
        var number = await IssueCreditNote.Run(transaction, note, CurrencyExponents.Of(invoice.Currency) ?? 2, now);
        var after = (await LockedInvoice.Of(transaction, id))!;
        await actor
            .Audit(
                "invoice.credited",
                $"invoice {invoice.Name}",
                AuditJson.Of(new { invoice.Status, invoice.Credited }),
                AuditJson.Of(
                    new
                    {
                        after.Status,
                        after.Credited,
                        creditNote = number,
                        becameCredit = paid,
                        wish.Reason,
                    }
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<LockedInvoice>.Done(after);
    }

    private static Refusal? WhyNot(LockedInvoice invoice, decimal amount) =>
        invoice.Status is InvoiceState.Draft or InvoiceState.Void
            ? Refusal.State("not_issued", "It is not issued, so nothing can be taken back.")
        : invoice.Credited == invoice.Total || amount == 0
            ? Refusal.State("nothing_left", $"Nothing of {invoice.Name} is left to take back.")
        : InvoiceRules.Amount(amount, invoice.Currency) is { } fault ? Refusal.Invalid([fault])
        : amount > invoice.Total - invoice.Credited
            ? Refusal.Unfit(
                "credit_too_large",
                $"At most {Money.Text(invoice.Total - invoice.Credited, invoice.Currency)} of {invoice.Name} can still be taken back."
            )
        : null;

    /// <summary>What was paid last is free first.</summary>
    /// <returns>False when a payment came in after the others were locked: nothing was freed then.</returns>
    private static async Task<bool> Free(
        NpgsqlTransaction transaction,
        Actor actor,
        LockedInvoice invoice,
        IReadOnlyList<SettlingPayment> locked,
        decimal amount,
        string source,
        string reason
    )
    {
        var settlements = await FreeSettled.Of(transaction, invoice.Id);
        if (settlements.Any(s => s.PaymentId is { } payment && locked.All(p => p.Id != payment)))
            return false;
        var rest = amount;
        foreach (var settlement in settlements)
        {
            var part = Math.Min(rest, settlement.Amount);
            if (part <= 0)
                break;
            await FreeSettled.Run(
                transaction,
                invoice.Id,
                settlement,
                part,
                $"{source}:{settlement.PaymentId?.ToString(CultureInfo.InvariantCulture) ?? $"c{settlement.CreditEntryId}"}"
            );
            if (settlement.PaymentId is { } payment)
                await RefundLine.Append(
                    transaction,
                    payment,
                    $"{Money.Text(part, invoice.Currency)} of {invoice.Name} became credit of the customer: {reason}",
                    actor.Name,
                    actor.CorrelationId
                );
            rest -= part;
        }
        await MoveCredit.Run(
            transaction,
            new(invoice.CustomerId, invoice.Currency, amount, source, $"{invoice.Name}: {reason}", actor.Name)
        );
        return true;
    }
}
