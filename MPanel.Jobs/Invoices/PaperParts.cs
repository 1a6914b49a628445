using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Database.Taxes;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>What the paper of an invoice and that of a credit note have in common.</summary>
internal static class PaperParts
{
    public const float Middle = 310;
    public const float DescriptionEnd = 290;
    public const float Quantity = 335;
    public const float Price = 440;

    /// <summary>What the document is, and beside it the facts that name it.</summary>
    public static void Head(PdfSheet sheet, string title, IEnumerable<(string Label, string Value)> facts)
    {
        sheet.Write(title, PdfSheet.Title, PdfSheet.Left, sheet.Y);
        foreach (var (label, value) in facts)
        {
            sheet.Write(label, PdfSheet.Body, Middle, sheet.Y);
            sheet.Write(value, PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
        sheet.Y += 24;
    }

    /// <summary>Side by side, and over the end of a page where they are that long.</summary>
    public static void Parties(PdfSheet sheet, FrozenSeller? seller, InvoiceBuyer buyer)
    {
        var (from, to) = (Block(sheet, "From", Seller(seller)), Block(sheet, "To", Buyer(buyer)));
        for (var i = 0; i < Math.Max(from.Count, to.Count); i++)
        {
            sheet.NewPageUnless(PdfSheet.Body.LineHeight);
            if (i < from.Count)
                sheet.Write(from[i].Text, from[i].Style, PdfSheet.Left, sheet.Y);
            if (i < to.Count)
                sheet.Write(to[i].Text, to[i].Style, Middle, sheet.Y);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
    }

    public static void ColumnHeads(PdfSheet sheet)
    {
        sheet.Write("Description", PdfSheet.Bold, PdfSheet.Left, sheet.Y);
        sheet.Write("Quantity", PdfSheet.Bold, Quantity, sheet.Y, endsAtX: true);
        sheet.Write("Price", PdfSheet.Bold, Price, sheet.Y, endsAtX: true);
        sheet.Write("Amount", PdfSheet.Bold, PdfSheet.Right, sheet.Y, endsAtX: true);
        sheet.Y += PdfSheet.Bold.LineHeight + 2;
        sheet.Rule();
        sheet.Y += 5;
    }

    /// <summary>
    /// Net, tax and total; where nothing is taxed, or the sale is outside of tax, the total alone.
    /// </summary>
    public static IReadOnlyList<(string Label, decimal Amount)> SumsOf(InvoiceTax? tax, decimal net, decimal amount, string currency) =>
        tax is null || tax.Category == TaxCategory.Outside
            ? [($"Total {currency}", net + amount)]
            : [("Net", net), (TaxLabel(tax), amount), ($"Total {currency}", net + amount)];

    /// <returns>Such as <c>Tax 19%</c>.</returns>
    public static string TaxLabel(InvoiceTax tax) => string.Create(CultureInfo.InvariantCulture, $"Tax {tax.Rate:0.###}%");

    /// <summary>On one page with what follows them.</summary>
    /// <param name="below">Height of what follows.</param>
    public static void Sums(PdfSheet sheet, IReadOnlyList<(string Label, decimal Amount)> sums, string currency, float below)
    {
        sheet.NewPageUnless(6 + sums.Count * PdfSheet.Bold.LineHeight + 12 + below);
        sheet.Rule();
        sheet.Y += 6;
        foreach (var (label, amount) in sums)
        {
            var style = label == sums[^1].Label ? PdfSheet.Bold : PdfSheet.Body;
            sheet.Write(label, style, Price, sheet.Y, endsAtX: true);
            sheet.Write(Money.Number(amount, currency), style, PdfSheet.Right, sheet.Y, endsAtX: true);
            sheet.Y += PdfSheet.Bold.LineHeight;
        }
        sheet.Y += 12;
    }

    /// <summary>Lines below the sums, as many as one text needs.</summary>
    public static void Note(PdfSheet sheet, string text)
    {
        foreach (var line in sheet.Wrap(text, PdfSheet.Body, PdfSheet.Right - PdfSheet.Left))
        {
            sheet.NewPageUnless(PdfSheet.Body.LineHeight);
            sheet.Write(line, PdfSheet.Body, PdfSheet.Left, sheet.Y);
            sheet.Y += PdfSheet.Body.LineHeight;
        }
    }

    public static string Day(DateTimeOffset at) => Day(DateOnly.FromDateTime(at.UtcDateTime));

    public static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

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
}
