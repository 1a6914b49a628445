using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Database.Disputes;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Database.Refunds;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Refunds;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Invoices;

public sealed class DetailsModel(
    ListDatabase database,
    StripeDashboard stripe,
    InvoicePrinter printer,
    RefundActions refunds,
    InvoiceActions drafts,
    SettlementActions settlements,
    CreditActions credits,
    TimeProvider time
) : PanelPage
{
    public InvoiceDetail Invoice { get; private set; } = null!;
    public IReadOnlyList<InvoiceLine> Lines { get; private set; } = [];

    public IReadOnlyList<InvoiceReturn> CreditNotes { get; private set; } = [];

    public IReadOnlyList<InvoiceAllocation> Payments { get; private set; } = [];

    /// <summary>What the customer's bank says against its payment.</summary>
    public IReadOnlyList<DisputeRow> Disputes { get; private set; } = [];

    /// <summary>Refunds without a credit note.</summary>
    public IReadOnlyList<OpenRefund> OpenRefunds { get; private set; } = [];

    /// <summary>What can still be refunded, major units; 0 where nothing can, or whoever looks may not.</summary>
    public decimal Refundable { get; private set; }

    /// <summary>Lines of which something can still be refunded.</summary>
    public IReadOnlyList<RefundableLine> RefundableLines { get; private set; } = [];

    /// <summary>Credit of the customer that could pay what is left, major units.</summary>
    public decimal Credit { get; private set; }

    /// <summary>Names the forms: sent twice, each is one request.</summary>
    public Guid RequestId { get; } = Guid.NewGuid();

    /// <summary>Characters that the PDF can't show on this machine.</summary>
    public IReadOnlyList<string> Unprintable { get; private set; } = [];

    public string? StripeLink => stripe.Payment(Invoice.Payment?.Intent, Invoice.Payment?.Livemode);

    /// <summary>As the paper has them. A draft's tax is only settled when it is issued.</summary>
    public IReadOnlyList<(string Label, decimal Amount)> Sums =>
        Invoice is { Number: null, Sums: { Tax: not 0 } sums }
            ? [("Net", sums.Net), ("Tax, as of now", sums.Tax), ("Total", Invoice.Total)]
            : InvoicePrinter.Sums(Invoice.Tax, Invoice.Sums.Net, Invoice.Sums.Tax, Invoice.Currency);

    public bool MayManage => May(Permissions.InvoicesManage);

    /// <summary>UTC, as days are on paper.</summary>
    public DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    public bool Overdue => Invoice.Status == InvoiceState.Open && Invoice.Terms.DueOn < Today;

    /// <summary>What a credit note can still take back, major units.</summary>
    public decimal Creditable => Invoice.Status is InvoiceState.Draft or InvoiceState.Void ? 0 : Invoice.Total - Invoice.Sums.Credited;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await Find(id))
            return NotFound();
        if (Invoice.Number is not null)
            Unprintable = printer.Unprintable(Invoice, Lines);
        return Page();
    }

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostIssueAsync(long id, int version) =>
        await Answer(
            await drafts.Issue(Actor, id, version),
            i => $"The invoice is issued: {i.Number}. It goes to the customer by e-mail, where e-mail is switched on."
        );

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostDiscardAsync(long id) =>
        await Answer(await drafts.Discard(Actor, id), _ => "The draft was discarded.");

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostPayAsync(long id, string? method, string? reference, decimal? amount, DateOnly? receivedOn) =>
        await Answer(
            await settlements.Pay(Actor, id, new PaymentInput(method, reference, amount, receivedOn)),
            i => i.Rest > 0 ? $"The payment was entered. {Money.Text(i.Rest, i.Currency)} are left." : "The payment was entered."
        );

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostApplyCreditAsync(long id, Guid requestId, decimal? amount) =>
        await Answer(await settlements.ApplyCredit(Actor, id, Named(requestId), amount), _ => "The credit was used.");

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostWriteOffAsync(long id, string? reason) =>
        await Answer(await settlements.WriteOff(Actor, id, reason), _ => "The rest is written off. It can still be paid.");

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostCreditAsync(long id, Guid requestId, decimal? amount, string? reason) =>
        amount is null
            ? Refused("Say how much is to be taken back.")
            : await Answer(
                await credits.Credit(Actor, id, new CreditWish(Named(requestId), amount, reason)),
                _ => "A credit note was issued. No money goes back."
            );

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostRefundAsync(long id, Guid requestId, decimal? amount, string? reason)
    {
        if (amount is null || requestId == Guid.Empty)
            return Refused("Say how much is to go back.");
        return await Answer(
            await refunds.Request(Actor, id, new RefundWish(requestId, amount, reason)),
            refund => $"{Money.Text(refund.Amount, refund.Currency)} go back to the customer. This page says when they have gone."
        );
    }

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostRefundLinesAsync(long id, Guid requestId, int[] position, int[] quantity, string? reason)
    {
        var lines = position.Zip(quantity, (p, q) => new LineWish(p, q)).Where(l => l.Quantity != 0).ToList();
        if (lines.Count == 0 || requestId == Guid.Empty)
            return Refused("Say how much of which line is to go back.");
        return await Answer(
            await refunds.Request(Actor, id, new RefundWish(requestId, null, reason) { Lines = lines }),
            refund => $"{Money.Text(refund.Amount, refund.Currency)} go back to the customer. This page says when they have gone."
        );
    }

    public async Task<IActionResult> OnGetPdfAsync(long id) =>
        !await Find(id) ? NotFound()
        : Invoice.Number is null ? Refused("It is a draft: it has no number, and no paper.")
        : File(printer.Pdf(Invoice, Lines), "application/pdf", $"{Invoice.Number}.pdf");

    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "–";

    private static Guid Named(Guid requestId) => requestId == Guid.Empty ? Guid.NewGuid() : requestId;

    private async Task<bool> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await InvoiceFacts.Of(db, id) is not { } invoice)
            return false;
        Invoice = invoice;
        Lines = [.. await InvoiceFacts.Lines(db, id)];
        CreditNotes = await InvoiceReturns.Of(db, id);
        Payments = await InvoiceFacts.Allocations(db, id);
        OpenRefunds = await InvoiceReturns.Open(db, id);
        Disputes = await DisputeList.Of(db, new DisputeFilter(Invoice: id));
        if (!MayManage)
            return true;
        if (await RequestRefund.Of(db, id) is { PaymentId: not null, Disputed: null } refundable)
            Refundable = refundable.Rest;
        if (Refundable > 0)
            RefundableLines = [.. (await RefundLines.Left(db, id)).Where(l => l.Left > 0)];
        if (invoice.Rest > 0)
            Credit = (await CustomerCredit.Balances(db, invoice.Buyer.CustomerId))
                .Where(b => b.Currency == invoice.Currency)
                .Sum(b => Math.Min(b.Amount, invoice.Rest));
        return true;
    }
}
