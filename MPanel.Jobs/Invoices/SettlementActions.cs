using MPanel.Database.Emails;
using MPanel.Database.Invoices;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Invoices;

/// <summary>A payment as it is entered; nothing of it is believed yet.</summary>
/// <param name="Method">bank_transfer or other.</param>
/// <param name="Reference">Names it there: the same method and reference is the same payment.</param>
/// <param name="Amount">Major units, in the invoice's currency.</param>
/// <param name="ReceivedOn">Null for today.</param>
public sealed record PaymentInput(string? Method, string? Reference, decimal? Amount, DateOnly? ReceivedOn);

/// <summary>What pays an invoice, or says that nobody will: each one transaction, with its audit entry in it.</summary>
public sealed class SettlementActions(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Enters money that came in. What is above the rest becomes credit of the customer.</summary>
    public async Task<Outcome<LockedInvoice>> Pay(Actor actor, long id, PaymentInput input)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SettleInvoice.Owner(transaction, id) is not { } owner)
            return new Outcome<LockedInvoice>.Missing();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (payment, faults) = InvoiceRules.Payment(input.Method, input.Reference, input.Amount, input.ReceivedOn, owner.Currency, today);
        if (payment is null)
            return Refusal.Invalid(faults);
        // Payment first, then invoice: whoever enters the same one waits here.
        var paymentId = await SettleInvoice.Record(transaction, owner, payment);
        var invoice = (await LockedInvoice.Of(transaction, id))!;
        if (paymentId is null)
            return await SettleInvoice.Known(transaction, id, payment) is { ForThis: true } known && known.Amount == payment.Amount
                ? new Outcome<LockedInvoice>.Done(invoice)
                : Refusal.State("reference_taken", $"A payment with the reference {payment.Reference} was entered already.");
        if (invoice.Rest <= 0)
            return NothingDue(invoice);
        var part = Math.Min(payment.Amount, invoice.Rest);
        var above = payment.Amount - part;
        await SettleInvoice.ByPayment(
            transaction,
            invoice,
            paymentId.Value,
            part,
            above > 0
                ? new(
                    invoice.CustomerId,
                    invoice.Currency,
                    above,
                    $"payment:{paymentId}",
                    $"Paid above {invoice.Name}: {payment.Reference}",
                    actor.Name
                )
                : null
        );
        if (part == invoice.Rest)
            await QueueEmail.Invoice(transaction, id, $"payment {paymentId}", actor.CorrelationId);
        return await Committed(transaction, actor, invoice, "invoice.paid", payment);
    }

    /// <summary>Pays with credit of the customer.</summary>
    /// <param name="uid">Names the request: the same again pays nothing further.</param>
    /// <param name="amount">Null for as much as there is and is due.</param>
    public async Task<Outcome<LockedInvoice>> ApplyCredit(Actor actor, long id, Guid uid, decimal? amount)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        var source = $"apply:{id}:{uid}";
        if (await MoveCredit.Happened(transaction, source))
            return new Outcome<LockedInvoice>.Done(invoice);
        if (invoice.Rest <= 0)
            return NothingDue(invoice);
        var balance = await MoveCredit.Lock(transaction, invoice.CustomerId, invoice.Currency);
        var most = Math.Min(balance, invoice.Rest);
        if (most <= 0)
            return Refusal.State("no_credit", $"The customer has no credit in {invoice.Currency}.");
        var part = amount ?? most;
        if (InvoiceRules.Amount(part, invoice.Currency) is { } fault)
            return Refusal.Invalid([fault]);
        if (part > most)
            return Refusal.Unfit("credit_too_large", $"At most {Money.Text(most, invoice.Currency)} can be used here.");
        var move = new CreditMove(invoice.CustomerId, invoice.Currency, -part, source, $"Used for {invoice.Name}", actor.Name);
        await SettleInvoice.ByCredit(transaction, invoice, move, time.GetUtcNow());
        if (part == invoice.Rest)
            await QueueEmail.Invoice(transaction, id, $"credit {uid}", actor.CorrelationId);
        return await Committed(transaction, actor, invoice, "invoice.credit_applied", new { amount = part, uid });
    }

    /// <summary>Nobody expects the rest any more. The document stays, and it can still be paid.</summary>
    public async Task<Outcome<LockedInvoice>> WriteOff(Actor actor, long id, string? why)
    {
        if (InvoiceRules.Reason(why) is not { } reason)
            return InvoiceRules.BadReason;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        if (invoice.Status == InvoiceState.Uncollectible)
            return new Outcome<LockedInvoice>.Done(invoice);
        if (invoice.Status != InvoiceState.Open)
            return NothingDue(invoice);
        await SettleInvoice.WriteOff(transaction, id, time.GetUtcNow());
        return await Committed(transaction, actor, invoice, "invoice.written_off", new { amount = invoice.Rest, reason });
    }

    private static Refusal NothingDue(LockedInvoice invoice) =>
        invoice.Status == InvoiceState.Draft
            ? Refusal.State("not_issued", "It is a draft: issue it first.")
            : Refusal.State("nothing_due", $"Nothing of {invoice.Name} is due.");

    private static async Task<Outcome<LockedInvoice>> Committed(
        NpgsqlTransaction transaction,
        Actor actor,
        LockedInvoice before,
        string action,
        object what
    )
    {
        var after = (await LockedInvoice.Of(transaction, before.Id))!;
        await actor
            .Audit(
                action,
                $"invoice {before.Name}",
                AuditJson.Of(new { before.Status, before.Settled }),
                AuditJson.Of(
                    new
                    {
                        after.Status,
                        after.Settled,
                        what,
                    }
                )
            )
            .Append(transaction.Connection!, transaction);
        await transaction.CommitAsync();
        return new Outcome<LockedInvoice>.Done(after);
    }
}
