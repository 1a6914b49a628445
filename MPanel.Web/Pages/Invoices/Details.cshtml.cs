using Microsoft.AspNetCore.Mvc;
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

public sealed class DetailsModel(ListDatabase database, StripeDashboard stripe, InvoicePrinter printer, RefundActions refunds) : PanelPage
{
    public InvoiceDetail Invoice { get; private set; } = null!;
    public IReadOnlyList<InvoiceLine> Lines { get; private set; } = [];

    public IReadOnlyList<InvoiceReturn> CreditNotes { get; private set; } = [];

    /// <summary>What the customer's bank says against its payment.</summary>
    public IReadOnlyList<DisputeRow> Disputes { get; private set; } = [];

    /// <summary>Refunds without a credit note.</summary>
    public IReadOnlyList<OpenRefund> OpenRefunds { get; private set; } = [];

    /// <summary>What can still be refunded, major units; 0 where nothing can, or whoever looks may not.</summary>
    public decimal Refundable { get; private set; }

    /// <summary>Names the form: sent twice, it is one refund.</summary>
    public Guid RequestId { get; } = Guid.NewGuid();

    /// <summary>Characters that the PDF can't show on this machine.</summary>
    public IReadOnlyList<string> Unprintable { get; private set; } = [];
    public string? StripeLink => stripe.Payment(Invoice.Payment?.Intent, Invoice.Payment?.Livemode);

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await Find(id))
            return NotFound();
        Unprintable = printer.Unprintable(Invoice, Lines);
        return Page();
    }

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

    public async Task<IActionResult> OnGetPdfAsync(long id) =>
        await Find(id) ? File(printer.Pdf(Invoice, Lines), "application/pdf", $"{Invoice.Number}.pdf") : NotFound();

    private async Task<bool> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await InvoiceFacts.Of(db, id) is not { } invoice)
            return false;
        Invoice = invoice;
        Lines = [.. await InvoiceFacts.Lines(db, id)];
        CreditNotes = await InvoiceReturns.Of(db, id);
        OpenRefunds = await InvoiceReturns.Open(db, id);
        Disputes = await DisputeList.Of(db, new DisputeFilter(Invoice: id));
        if (May(Permissions.InvoicesManage) && await RequestRefund.Of(db, id) is { PaymentId: not null, Disputed: null } refundable)
            Refundable = refundable.Rest;
        return true;
    }
}
