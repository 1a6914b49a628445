using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Text;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>An invoice on paper, from nothing but what it froze at issue: printed again years later it says the same.</summary>
internal static class InvoicePdf
{
    /// <param name="logo">Null for none.</param>
    public static byte[] Write(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts, SKImage? logo = null) =>
        Layout(invoice, lines, fonts, logo).Finish($"Invoice {invoice.Number}", invoice.IssuedAt!.Value);

    /// <returns>Characters that no font of this machine has: where they should stand, the paper shows empty boxes.</returns>
    public static IReadOnlyCollection<int> Missing(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts) =>
        Layout(invoice, lines, fonts, logo: null).Missing;

    private static PdfSheet Layout(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts, SKImage? logo)
    {
        var sheet = new PdfSheet(new TextShaper(fonts, invoice.Buyer.Country), invoice.Seller?.LegalFooter);
        if (logo is not null)
            sheet.Y += sheet.Draw(logo, 180, 50) + 14;
        PaperParts.Head(
            sheet,
            "Invoice",
            [
                ("Invoice number", invoice.Number ?? ""),
                ("Date", PaperParts.Day(invoice.Terms.IssuedOn!.Value)),
                .. invoice.OrderReference is { } order ? [("Order", order)] : Array.Empty<(string, string)>(),
                PaidAtIssue(invoice) is { } paid
                    ? ("Paid", PaperParts.Day(paid.PaidAt))
                    : ("Due", PaperParts.Day(invoice.Terms.DueOn!.Value)),
            ]
        );
        PaperParts.Parties(sheet, invoice.Seller, invoice.Buyer);
        sheet.Y += 24;
        sheet.NewPageUnless(60);
        PaperParts.ColumnHeads(sheet);
        foreach (var line in lines)
            Line(sheet, line, invoice.Currency);
        Totals(sheet, invoice);
        return sheet;
    }

    /// <summary>What was bought, with its domain and period below. Not parted from its amounts, unless it is longer than a page.</summary>
    private static void Line(PdfSheet sheet, InvoiceLine line, string currency)
    {
        List<(string Text, TextStyle Style)> texts = [];
        Add(line.Description, PdfSheet.Body);
        if (line.Domain is { } domain)
            Add(DomainName.Unicode(domain), PdfSheet.Small);
        if (line.PeriodStart is { } start && line.PeriodEnd is { } end)
            Add(Period(start, end), PdfSheet.Small);
        if (sheet.NewPageUnless(texts.Sum(t => t.Style.LineHeight)))
            PaperParts.ColumnHeads(sheet);
        sheet.Write(line.Quantity.ToString(CultureInfo.InvariantCulture), PdfSheet.Body, PaperParts.Quantity, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.UnitPrice, currency), PdfSheet.Body, PaperParts.Price, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.Amount, currency), PdfSheet.Body, PdfSheet.Right, sheet.Y, endsAtX: true);
        foreach (var (text, style) in texts)
        {
            if (sheet.NewPageUnless(style.LineHeight))
                PaperParts.ColumnHeads(sheet);
            sheet.Write(text, style, PdfSheet.Left, sheet.Y);
            sheet.Y += style.LineHeight;
        }
        sheet.Y += 4;

        void Add(string text, TextStyle style) =>
            texts.AddRange(sheet.Wrap(text, style, PaperParts.DescriptionEnd - PdfSheet.Left).Select(wrapped => (wrapped, style)));
    }

    /// <summary>On one page, whatever there is of them.</summary>
    private static void Totals(PdfSheet sheet, InvoiceDetail invoice)
    {
        var sums = PaperParts.SumsOf(invoice.Tax, invoice.Sums.Net, invoice.Sums.Tax, invoice.Currency);
        PaperParts.Sums(sheet, sums, invoice.Currency, 3 * PdfSheet.Body.LineHeight);
        if (sums.Count > 1 && invoice.Tax is { } tax)
            PaperParts.Note(sheet, tax.PricesInclude ? "Prices include the tax." : "Prices are without the tax.");
        if (invoice.Tax?.TaxNote is { } said)
            PaperParts.Note(sheet, said);
        if (PaidAtIssue(invoice) is { } payment)
        {
            PaperParts.Note(sheet, $"Paid in full on {PaperParts.Day(payment.PaidAt)}. Nothing is due.");
            if (payment.Method is { } method)
                PaperParts.Note(sheet, $"Payment method: {method}");
        }
        else
            PaperParts.Note(
                sheet,
                $"Payable by {PaperParts.Day(invoice.Terms.DueOn!.Value)}, with the number {invoice.Number} as reference."
            );
        if (invoice.Terms.Note is { } note)
        {
            sheet.Y += 6;
            PaperParts.Note(sheet, note);
        }
    }

    /// <summary>A document never changes: that an invoice was paid later is not printed.</summary>
    private static InvoicePayment? PaidAtIssue(InvoiceDetail invoice) => invoice.Terms.Purpose == "checkout" ? invoice.Payment : null;

    /// <param name="end">The moment at which the next period begins.</param>
    public static string Period(DateTimeOffset start, DateTimeOffset end) =>
        $"{PaperParts.Day(start)} to {PaperParts.Day(end.AddDays(-1))}";
}
