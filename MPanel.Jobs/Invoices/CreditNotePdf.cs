using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Text;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>A credit note on paper: from what it says itself, and from what its invoice froze.</summary>
internal static class CreditNotePdf
{
    /// <param name="logo">Null for none.</param>
    public static byte[] Write(CreditNoteDetail note, FontShelf fonts, SKImage? logo = null) =>
        Layout(note, fonts, logo).Finish($"Credit note {note.Number}", note.IssuedAt);

    /// <returns>Characters that no font of this machine has.</returns>
    public static IReadOnlyCollection<int> Missing(CreditNoteDetail note, FontShelf fonts) => Layout(note, fonts, logo: null).Missing;

    private static PdfSheet Layout(CreditNoteDetail note, FontShelf fonts, SKImage? logo)
    {
        var sheet = new PdfSheet(new TextShaper(fonts, note.Buyer.Country), note.Seller?.LegalFooter);
        if (logo is not null)
            sheet.Y += sheet.Draw(logo, 180, 50) + 14;
        PaperParts.Head(
            sheet,
            "Credit note",
            [
                ("Credit note number", note.Number),
                ("Date", PaperParts.Day(note.IssuedOn)),
                ("Corrects invoice", note.Invoice.Number),
                ("of", PaperParts.Day(note.Invoice.IssuedOn)),
            ]
        );
        PaperParts.Parties(sheet, note.Seller, note.Buyer);
        sheet.Y += 24;
        sheet.NewPageUnless(60);
        Heads(sheet);
        if (note.Lines.Count == 0)
            Entry(sheet, note.Reason, note.Sums.Total, note.Currency);
        foreach (var line in note.Lines)
            Entry(sheet, $"{line.Quantity.ToString(CultureInfo.InvariantCulture)} × {line.Description}", line.Amount, note.Currency);
        var sums = PaperParts.SumsOf(note.Tax, note.Sums.Net, note.Sums.Tax, note.Currency);
        PaperParts.Sums(sheet, sums, note.Currency, 3 * PdfSheet.Body.LineHeight);
        if (note.Tax?.TaxNote is { } said)
            PaperParts.Note(sheet, said);
        if (note.Lines.Count > 0)
            PaperParts.Note(sheet, $"Reason: {note.Reason}");
        PaperParts.Note(
            sheet,
            $"This credit note takes {Money.Text(note.Sums.Total, note.Currency)} of invoice {note.Invoice.Number} back. The invoice itself stays as it was issued."
        );
        return sheet;
    }

    private static void Heads(PdfSheet sheet)
    {
        sheet.Write("What is taken back", PdfSheet.Bold, PdfSheet.Left, sheet.Y);
        sheet.Write("Amount", PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
        sheet.Y += PdfSheet.Bold.LineHeight + 2;
        sheet.Rule();
        sheet.Y += 5;
    }

    private static void Entry(PdfSheet sheet, string text, decimal amount, string currency)
    {
        if (sheet.NewPageUnless(PdfSheet.Body.LineHeight))
            Heads(sheet);
        sheet.Write(Money.Number(amount, currency), PdfSheet.Body, PdfSheet.Right, sheet.Y, endsAtX: true);
        foreach (var line in sheet.Wrap(text, PdfSheet.Body, PaperParts.Price - PdfSheet.Left))
        {
            if (sheet.NewPageUnless(PdfSheet.Body.LineHeight))
                Heads(sheet);
            sheet.Write(line, PdfSheet.Body, PdfSheet.Left, sheet.Y);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
        sheet.Y += 4;
    }
}
