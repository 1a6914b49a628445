using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Invoices;
using MPanel.Web.Api.Invoices;

namespace MPanel.Web.Pages.Invoices;

public sealed class DetailsModel(ListDatabase database, StripeDashboard stripe, InvoicePrinter printer) : PanelPage
{
    public InvoiceDetail Invoice { get; private set; } = null!;
    public IReadOnlyList<InvoiceLine> Lines { get; private set; } = [];

    public IReadOnlyList<InvoiceReturn> CreditNotes { get; private set; } = [];

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
        return true;
    }
}
