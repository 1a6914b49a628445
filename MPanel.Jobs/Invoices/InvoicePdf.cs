using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>An invoice on paper, from nothing but what it froze at issue: printed again years later it says the same.</summary>
public static class InvoicePdf
{
    private const double Middle = 310;
    private const double Quantity = 370;
    private const double Price = 460;

    public static byte[] Write(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines)
    {
        var sheet = new PdfSheet();
        Head(sheet, invoice);
        var top = sheet.Y;
        var seller = Block(sheet, "From", PdfSheet.Left, top, Seller(invoice.Seller));
        var buyer = Block(sheet, "To", Middle, top, Buyer(invoice.Buyer));
        sheet.Y = Math.Max(seller, buyer) + 24;
        ColumnHeads(sheet);
        foreach (var line in lines)
            Line(sheet, line, invoice.Currency);
        Totals(sheet, invoice);
        return sheet.Finish($"Invoice {invoice.Number}", invoice.IssuedAt);
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

    /// <returns>Where the block ends.</returns>
    private static double Block(PdfSheet sheet, string title, double x, double y, IEnumerable<string?> texts)
    {
        sheet.Write(title, PdfSheet.Small, x, y);
        y += PdfSheet.Small.LineHeight + 2;
        var font = PdfSheet.Bold;
        foreach (var text in texts.Where(t => !string.IsNullOrEmpty(t)))
        {
            foreach (var line in PdfSheet.Wrap(text!, font, PdfSheet.Right - Middle))
            {
                sheet.Write(line, font, x, y);
                y += font.LineHeight;
            }
            font = PdfSheet.Body;
        }
        return y;
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

    private static void Line(PdfSheet sheet, InvoiceLine line, string currency)
    {
        var description = PdfSheet.Wrap(line.Description, PdfSheet.Body, Quantity - 60 - PdfSheet.Left);
        var height = Math.Max(1, description.Count) * PdfSheet.Body.LineHeight;
        if (sheet.Y + height > PdfSheet.Bottom)
        {
            sheet.NewPage();
            ColumnHeads(sheet);
        }
        sheet.Write(line.Quantity.ToString(CultureInfo.InvariantCulture), PdfSheet.Body, Quantity, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.UnitPrice, currency), PdfSheet.Body, Price, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(line.Amount, currency), PdfSheet.Body, PdfSheet.Right, sheet.Y, endsAtX: true);
        foreach (var text in description)
        {
            sheet.Write(text, PdfSheet.Body, PdfSheet.Left, sheet.Y);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
        sheet.Y += 4;
    }

    private static void Totals(PdfSheet sheet, InvoiceDetail invoice)
    {
        if (sheet.Y + 40 > PdfSheet.Bottom)
            sheet.NewPage();
        sheet.Rule();
        sheet.Y += 6;
        sheet.Write($"Total {invoice.Currency}", PdfSheet.Bold, Price, sheet.Y, endsAtX: true);
        sheet.Write(Money.Number(invoice.Total, invoice.Currency), PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
        sheet.Y += PdfSheet.Bold.LineHeight + 12;
        if (invoice.Payment?.PaidAt is { } paid)
            sheet.Write($"Paid in full on {Day(paid)}. Nothing is due.", PdfSheet.Body, PdfSheet.Left, sheet.Y);
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
