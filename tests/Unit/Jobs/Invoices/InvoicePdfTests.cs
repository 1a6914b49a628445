using System.Text;
using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

public sealed class InvoicePdfTests
{
    [Theory]
    [InlineData("(/JavaScript) >> endobj %PDF \\) <script>")]
    [InlineData("שלום עולם ‏abc")]
    [InlineData("\ud800 half")]
    [InlineData("日本語 Ünïcödé Ελληνικά кириллица")]
    public void Write_OfAnyName_IsOnePage(string name)
    {
        var pdf = InvoicePdf.Write(SampleInvoice.Of(name), SampleInvoice.Lines(1), FontShelf.Installed);

        Assert.Equal(1, PaperText.Pages(pdf));
        Assert.DoesNotContain("/JavaScript", Encoding.Latin1.GetString(pdf), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfAnInvoice_CarriesTheGlyphsOfItsFontsAlong()
    {
        var pdf = InvoicePdf.Write(SampleInvoice.Of("अमित"), SampleInvoice.Lines(1), FontShelf.Installed);
        var text = Encoding.Latin1.GetString(pdf);

        Assert.Contains("/FontFile2", text, StringComparison.Ordinal);
        Assert.Contains("DejaVu", text, StringComparison.Ordinal);
        Assert.Contains("Devanagari", text, StringComparison.Ordinal);
        Assert.InRange(pdf.Length, 5_000, 60_000);
    }

    [Fact]
    public void Write_OfTheSameInvoice_GivesTheSameBytes() =>
        Assert.Equal(
            InvoicePdf.Write(SampleInvoice.Of("محمد 王"), SampleInvoice.Lines(3), FontShelf.Installed),
            InvoicePdf.Write(SampleInvoice.Of("محمد 王"), SampleInvoice.Lines(3), FontShelf.Installed)
        );

    [Fact]
    public void Write_OfManyAtOnce_GivesWhatOneAfterTheOtherGives()
    {
        string[] names = ["محمد", "王小明", "अमित क्षत्रिय", "Łucja", "สมชาย", "דוד כהן", "김민수", "தமிழ்"];
        var alone = names.Select(Print).ToList();

        Parallel.For(0, 64, i => Assert.Equal(alone[i % names.Length], Print(names[i % names.Length])));

        static byte[] Print(string name) => InvoicePdf.Write(SampleInvoice.Of(name), SampleInvoice.Lines(5), FontShelf.Installed);
    }
}
