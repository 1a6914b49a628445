using System.Text;
using Microsoft.Extensions.Options;
using MPanel.Database.Invoices;

namespace MPanel.Jobs.Invoices;

/// <summary>Prints invoices and credit notes with the fonts of this machine and the seller's logo.</summary>
public sealed class InvoicePrinter(IOptions<SellerOptions> seller)
{
    private readonly FontShelf _fonts = FontShelf.Installed;

    // Checked when the program started.
    private readonly Lazy<SkiaSharp.SKImage?> _logo = new(() => seller.Value.Logo is { } path ? SellerLogo.Read(path).Image : null);

    public byte[] Pdf(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines) => InvoicePdf.Write(invoice, lines, _fonts, _logo.Value);

    public byte[] Pdf(CreditNoteDetail note) => CreditNotePdf.Write(note, _fonts, _logo.Value);

    /// <summary>Net, tax and total, as the paper names and writes them.</summary>
    public static IReadOnlyList<(string Label, decimal Amount)> Sums(InvoiceTax? tax, decimal net, decimal amount, string currency) =>
        PaperParts.SumsOf(tax, net, amount, currency);

    /// <summary>From the first day to the last, as the PDF writes it.</summary>
    public static string Period(DateTimeOffset start, DateTimeOffset end) => InvoicePdf.Period(start, end);

    /// <returns>Characters that no font of this machine has, each as text; on the PDF empty boxes stand for them.</returns>
    public IReadOnlyList<string> Unprintable(InvoiceDetail invoice, IReadOnlyList<InvoiceLine> lines) =>
        [.. InvoicePdf.Missing(invoice, lines, _fonts).Select(c => new Rune(c).ToString())];

    /// <inheritdoc cref="Unprintable(InvoiceDetail, IReadOnlyList{InvoiceLine})"/>
    public IReadOnlyList<string> Unprintable(CreditNoteDetail note) =>
        [.. CreditNotePdf.Missing(note, _fonts).Select(c => new Rune(c).ToString())];
}
