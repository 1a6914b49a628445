using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Text;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>An invoice on paper, from nothing but what it froze at issue: printed again years later it says the same.</summary>
internal static class InvoicePdf
{
    private const float Middle = 310;
    private const float DescriptionEnd = 290;
    private const float Quantity = 335;
    private const float Price = 440;

    /// <param name="logo">Null for none.</param>
    public static byte[] Write(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts, SKImage? logo = null) =>
        Layout(invoice, lines, fonts, logo).Finish($"Invoice {invoice.Number}", invoice.IssuedAt);

    /// <returns>Characters that no font of this machine has: where they should stand, the paper shows empty boxes.</returns>
    public static IReadOnlyCollection<int> Missing(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts) =>
        Layout(invoice, lines, fonts, logo: null).Missing;

    private static PdfSheet Layout(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines, FontShelf fonts, SKImage? logo)
    {
        var sheet = new PdfSheet(new TextShaper(fonts, invoice.Buyer.Country), invoice.Seller?.LegalFooter);
        if (logo is not null)
            sheet.Y += sheet.Draw(logo, 180, 50) + 14;
        Head(sheet, invoice);
        Parties(sheet, Block(sheet, "From", Seller(invoice.Seller)), Block(sheet, "To", Buyer(invoice.Buyer)));
        sheet.Y += 24;
        sheet.NewPageUnless(60);
        ColumnHeads(sheet);
        foreach (var line in lines)
            Line(sheet, line, invoice.Currency);
        Totals(sheet, invoice);
        return sheet;
    }

    private static void Head(PdfSheet sheet, InvoiceDetail invoice)
    {
        sheet.Write("Invoice", PdfSheet.Title, PdfSheet.Left, sheet.Y);
        (string Label, string Value)[] facts =
        [
            ("Invoice number", invoice.Number),
            ("Date", Day(invoice.IssuedAt)),
            ("Order", invoice.OrderReference),
            ("Paid", invoice.Payment?.PaidAt is { } paid ? Day(paid) : "not yet"),
        ];
        foreach (var (label, value) in facts)
        {
            sheet.Write(label, PdfSheet.Body, Middle, sheet.Y);
            sheet.Write(value, PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
        sheet.Y += 24;
    }

    /// <summary>Side by side, and over the end of a page where they are that long.</summary>
    private static void Parties(PdfSheet sheet, List<(string Text, TextStyle Style)> seller, List<(string Text, TextStyle Style)> buyer)
    {
        for (var i = 0; i < Math.Max(seller.Count, buyer.Count); i++)
        {
            sheet.NewPageUnless(PdfSheet.Body.LineHeight);
            if (i < seller.Count)
                sheet.Write(seller[i].Text, seller[i].Style, PdfSheet.Left, sheet.Y);
            if (i < buyer.Count)
                sheet.Write(buyer[i].Text, buyer[i].Style, Middle, sheet.Y);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
    }

    private static List<(string Text, TextStyle Style)> Block(PdfSheet sheet, string title, IEnumerable<string?> texts)
    {
        List<(string, TextStyle)> block = [(title, PdfSheet.Small)];
        foreach (var text in texts.Where(t => !string.IsNullOrWhiteSpace(t)))
        {
            var style = block.Count == 1 ? PdfSheet.Bold : PdfSheet.Body;
            block.AddRange(sheet.Wrap(text!, style, PdfSheet.Right - Middle).Select(line => (line, style)));
        }
        return block;
    }

    private static IEnumerable<string?> Seller(FrozenSeller? seller) =>
        seller is null ? [] : [seller.Name, seller.Address, seller.VatId is { } vat ? $"VAT id {vat}" : null, seller.Email];

    private static IEnumerable<string?> Buyer(InvoiceBuyer buyer) =>
        [
            buyer.Company,
            buyer.Name,
            buyer.Address,
            buyer.Country is { } country ? Countries.NameOf(country) : null,
            buyer.VatId is { } vat ? $"VAT id {vat}" : null,
            buyer.Email,
        ];

    private static void ColumnHeads(PdfSheet sheet)
    {
        sheet.Write("Description", PdfSheet.Bold, PdfSheet.Left, sheet.Y);
        sheet.Write("Quantity", PdfSheet.Bold, Quantity, sheet.Y, endsAtX: true);
        sheet.Write("Price", PdfSheet.Bold, Price, sheet.Y, endsAtX: true);
        sheet.Write("Amount", PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
        sheet.Y += PdfSheet.Bold.LineHeight + 2;
        sheet.Rule();
        sheet.Y += 5;
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
            ColumnHeads(sheet);
        sheet.Write(line.Quantity.ToString(CultureInfo.InvariantCulture), PdfSheet.Body, Quantity, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.UnitPrice, currency), PdfSheet.Body, Price, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.Amount, currency), PdfSheet.Body, PdfSheet.Right, sheet.Y, endsAtX: true);
        foreach (var (text, style) in texts)
        {
            if (sheet.NewPageUnless(style.LineHeight))
                ColumnHeads(sheet);
            sheet.Write(text, style, PdfSheet.Left, sheet.Y);
            sheet.Y += style.LineHeight;
        }
        sheet.Y += 4;

        void Add(string text, TextStyle style) =>
            texts.AddRange(sheet.Wrap(text, style, DescriptionEnd - PdfSheet.Left).Select(wrapped => (wrapped, style)));
    }

    /// <summary>On one page, whatever there is of them. Tax lines will stand above the total once there are any.</summary>
    private static void Totals(PdfSheet sheet, InvoiceDetail invoice)
    {
        (string Label, decimal Amount)[] sums = [($"Total {invoice.Currency}", invoice.Total)];
        sheet.NewPageUnless(6 + sums.Length * PdfSheet.Bold.LineHeight + 12 + 2 * PdfSheet.Body.LineHeight);
        sheet.Rule();
        sheet.Y += 6;
        foreach (var (label, amount) in sums)
        {
            sheet.Write(label, PdfSheet.Bold, Price, sheet.Y, endsAtX: true);
            sheet.Write(Money.Number(amount, invoice.Currency), PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
            sheet.Y += PdfSheet.Bold.LineHeight;
        }
        sheet.Y += 12;
        if (invoice.Payment is not { } payment)
            return;
        sheet.Write($"Paid in full on {Day(payment.PaidAt)}. Nothing is due.", PdfSheet.Body, PdfSheet.Left, sheet.Y);
        sheet.Y += PdfSheet.Body.LineHeight;
        if (payment.Method is { } method)
            sheet.Write($"Payment method: {method}", PdfSheet.Body, PdfSheet.Left, sheet.Y);
    }

    /// <param name="end">The moment at which the next period begins.</param>
    public static string Period(DateTimeOffset start, DateTimeOffset end) => $"{Day(start)} to {Day(end.AddDays(-1))}";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
