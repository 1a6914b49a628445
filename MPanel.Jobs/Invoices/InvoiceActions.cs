using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Database.Invoices;
using MPanel.Database.Taxes;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Taxes;
using Npgsql;

namespace MPanel.Jobs.Invoices;

/// <summary>Invoices that a person writes: begun, changed, issued or discarded. Each is one transaction, with its audit entry in it.</summary>
public sealed class InvoiceActions(
    NpgsqlDataSource dataSource,
    IOptions<OrderOptions> orders,
    IOptions<BillingOptions> billing,
    IOptions<SellerOptions> seller,
    TaxDesk taxes,
    IWebHostEnvironment environment,
    TimeProvider time
)
{
    /// <summary>Code: it was issued, or discarded.</summary>
    public const string NotADraft = "not_a_draft";

    private static readonly Refusal NoCustomer = Refusal.Invalid("customerId", "unknown_customer", "There is no such customer.");

    private static readonly Refusal NoSeller = Refusal.State(
        InvoiceStep.SellerMissing,
        "The invoice would have no seller for ever. Set Invoices__Seller__Name and Invoices__Seller__Address, and restart."
    );

    /// <param name="uid">Names the request: the same again is the same draft.</param>
    public async Task<Outcome<LockedInvoice>> Create(Actor actor, Guid uid, long customerId, DraftInput input)
    {
        var (draft, faults) = Check(input);
        if (draft is null)
            return Refusal.Invalid(faults);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var sums = await Sums(transaction, customerId, draft);
        if (await SaveDraft.Create(transaction, uid, customerId, draft, sums) is not { } saved)
            return NoCustomer;
        var created = (await LockedInvoice.Of(transaction, saved.Id))!;
        if (saved.IsNew)
            await actor.Audit("invoice.drafted", $"invoice {saved.Id}", after: AuditJson.Of(draft)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<LockedInvoice>.Done(created);
    }

    /// <param name="version">The version that the edit began from.</param>
    public async Task<Outcome<LockedInvoice>> Change(Actor actor, long id, int version, DraftInput input)
    {
        var (draft, faults) = Check(input);
        if (draft is null)
            return Refusal.Invalid(faults);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        if (invoice.Status != InvoiceState.Draft)
            return NoDraft(invoice);
        if (invoice.Version != version)
            return new Outcome<LockedInvoice>.Conflict(invoice);
        await SaveDraft.Change(transaction, id, draft, await Sums(transaction, invoice.CustomerId, draft));
        await actor.Audit("invoice.draft_changed", $"invoice {id}", after: AuditJson.Of(draft)).Append(db, transaction);
        return await Committed(transaction, id);
    }

    /// <summary>Gives it its number and its dates. An invoice that is issued already stays as it is.</summary>
    /// <param name="version">Of the draft that was looked at; null for whatever it is by now.</param>
    public async Task<Outcome<LockedInvoice>> Issue(Actor actor, long id, int? version)
    {
        if (environment.IsProduction() && seller.Value.Seller == InvoiceSeller.None)
            return NoSeller;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        if (invoice.Number is not null)
            return new Outcome<LockedInvoice>.Done(invoice);
        if (invoice.Status != InvoiceState.Draft)
            return NoDraft(invoice);
        if (version is { } seen && seen != invoice.Version)
            return new Outcome<LockedInvoice>.Conflict(invoice);
        var now = time.GetUtcNow();
        var draft = await SaveDraft.ToIssue(transaction, id);
        var tax = await taxes.Of(transaction, invoice.CustomerId, draft.Amount, invoice.Currency, draft.PricesInclude, now);
        if (SumsOf(draft.Amount, draft.PricesInclude, tax) is var sums && sums != draft.Sums)
        {
            // A rate, or the customer, was changed since it was saved: nobody issues what they have not seen.
            await SaveDraft.Recalculate(transaction, id, sums);
            var recalculated = (await LockedInvoice.Of(transaction, id))!;
            await transaction.CommitAsync();
            return new Outcome<LockedInvoice>.Conflict(recalculated);
        }
        await actor
            .Audit("invoice.issued", $"invoice {id}", after: AuditJson.Of(new { invoice.Total, invoice.Currency }))
            .Append(db, transaction);
        await IssueDraft.Run(transaction, id, $"{orders.Value.InvoicePrefix}-{now.Year}", seller.Value.Seller, now, tax);
        await QueueEmail.Invoice(transaction, id, stage: "", actor.CorrelationId);
        return await Committed(transaction, id);
    }

    private async Task<DraftSums> Sums(NpgsqlTransaction transaction, long customerId, DraftFields draft) =>
        SumsOf(
            draft.Amount,
            taxes.PricesInclude,
            await taxes.Of(transaction, customerId, draft.Amount, draft.Currency, taxes.PricesInclude, time.GetUtcNow())
        );

    private static DraftSums SumsOf(decimal amount, bool pricesInclude, AppliedTax? tax) =>
        new(tax?.Net ?? amount, tax?.Tax ?? 0, pricesInclude, tax?.Note);

    /// <summary>A draft that is to be no invoice.</summary>
    public async Task<Outcome<LockedInvoice>> Discard(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedInvoice.Of(transaction, id) is not { } invoice)
            return new Outcome<LockedInvoice>.Missing();
        if (invoice.Status == InvoiceState.Void)
            return new Outcome<LockedInvoice>.Done(invoice);
        if (invoice.Status != InvoiceState.Draft)
            return NoDraft(invoice);
        await SaveDraft.Discard(transaction, id);
        await actor.Audit("invoice.discarded", $"invoice {id}").Append(db, transaction);
        return await Committed(transaction, id);
    }

    private static Refusal NoDraft(LockedInvoice invoice) =>
        Refusal.State(
            NotADraft,
            invoice.Status == InvoiceState.Void ? "The draft was discarded." : $"{invoice.Name} is issued: what it says stays as it is."
        );

    private Checked<DraftFields> Check(DraftInput input) => InvoiceRules.Check(input, orders.Value.Currency, billing.Value.DueDays);

    private static async Task<Outcome<LockedInvoice>> Committed(NpgsqlTransaction transaction, long id)
    {
        var invoice = await LockedInvoice.Of(transaction, id);
        await transaction.CommitAsync();
        return new Outcome<LockedInvoice>.Done(invoice!);
    }
}
