using MPanel.Database.Invoices;
using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

public sealed class CreditNotePdfTests
{
    [Fact]
    public void Write_OfANoteWithTax_SaysWhatItCorrectsAndEverySum()
    {
        var note = Note(new DocumentSums(1008.40m, 191.60m, 1200m)) with { Tax = new InvoiceTax("S", 19m, PricesInclude: true, null) };
        var text = PaperText.Of(CreditNotePdf.Write(note, FontShelf.Installed));

        foreach (
            var said in new[]
            {
                "Credit note",
                "CN-2026-000007",
                "30 November 2026",
                "INV-2026-000001",
                "22 November 2026",
                "Returned on 2 days' notice",
                "1,008.40",
                "Tax 19%",
                "191.60",
                "1,200.00",
                "Example Hosting Ltd",
                "王小明",
            }
        )
            Assert.Contains(said, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfANoteWithoutTax_DoesNotSpeakOfTax()
    {
        var text = PaperText.Of(CreditNotePdf.Write(Note(new DocumentSums(10m, 0m, 10m)), FontShelf.Installed));

        Assert.Contains("Total USD", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Tax", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Net", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfAReasonOfManyLines_GoesOverPages()
    {
        var note = Note(new DocumentSums(10m, 0m, 10m)) with { Reason = string.Join(' ', Enumerable.Repeat("again and again", 2000)) };

        Assert.True(PaperText.Pages(CreditNotePdf.Write(note, FontShelf.Installed)) > 1);
        Assert.Empty(CreditNotePdf.Missing(note, FontShelf.Installed));
    }

    private static CreditNoteDetail Note(DocumentSums sums) =>
        new(7, "CN-2026-000007", new DateOnly(2026, 11, 30), SampleInvoice.Issued.AddDays(8), "USD", "Returned on 2 days' notice")
        {
            Sums = sums,
            Invoice = new CorrectedInvoice(1, "INV-2026-000001", new DateOnly(2026, 11, 22)),
            Buyer = SampleInvoice.Of("王小明").Buyer,
            Seller = SampleInvoice.Of("x").Seller,
        };
}
