using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Invoices;

namespace MPanel.Web.Pages.CreditNotes;

public sealed class DetailsModel(ListDatabase database, InvoicePrinter printer) : PanelPage
{
    public CreditNoteDetail Note { get; private set; } = null!;

    /// <summary>Characters that the PDF can't show on this machine.</summary>
    public IReadOnlyList<string> Unprintable { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await Find(id))
            return NotFound();
        Unprintable = printer.Unprintable(Note);
        return Page();
    }

    public async Task<IActionResult> OnGetPdfAsync(long id) =>
        await Find(id) ? File(printer.Pdf(Note), "application/pdf", $"{Note.Number}.pdf") : NotFound();

    private async Task<bool> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await CreditNoteFacts.Of(db, id) is not { } note)
            return false;
        Note = note;
        return true;
    }
}
