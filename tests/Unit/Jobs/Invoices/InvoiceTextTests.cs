using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

/// <summary>What stands on an invoice, as a program reads it that knows nothing of how it was made.</summary>
public sealed class InvoiceTextTests
{
    [Theory]
    [InlineData("Łucja Ćwiklińska-Žižková")]
    [InlineData("Ελληνική & Сыновья")]
    [InlineData("Nguyễn Văn Ánh, efficient office")]
    [InlineData("محمد عبد الله")]
    [InlineData("علی‌رضا احمدی")]
    [InlineData("דוד כהן")]
    [InlineData("Acme (محمد) GmbH")]
    [InlineData("A (שלום), B 12 (مرحبا)!")]
    [InlineData("王小明")]
    [InlineData("山田太郎")]
    [InlineData("𠮷野家")]
    [InlineData("⼭ and 山")]
    [InlineData("김민수")]
    [InlineData("สมชาย ใจดี")]
    [InlineData("अमित क्षत्रिय")]
    [InlineData("রহিম শেখ")]
    [InlineData("தமிழ்ச்செல்வன்")]
    [InlineData("తెలుగు")]
    [InlineData("മലയാളം")]
    [InlineData("ਪੰਜਾਬੀ")]
    [InlineData("ଓଡ଼ିଆ")]
    [InlineData("ශ්‍රී ලංකා")]
    [InlineData("བོད་ཡིག")]
    [InlineData("မောင်မောင်")]
    [InlineData("ខ្មែរ")]
    [InlineData("አማርኛ")]
    public void Name_OfAnyScript_IsCopiedAsItIs(string name)
    {
        var invoice = SampleInvoice.Of(name);
        var lines = new[] { SampleInvoice.Line(name) };
        var text = PaperText.Of(InvoicePdf.Write(invoice, lines, FontShelf.Installed));

        Assert.Equal(3, text.Split(name).Length);
        Assert.Empty(InvoicePdf.Missing(invoice, lines, FontShelf.Installed));
    }

    [Theory]
    [InlineData("👨‍👩‍👧 Family", 3)]
    [InlineData("\U000F0000 private", 1)]
    [InlineData("Plain", 0)]
    public void Missing_OfANameThatNoFontHas_AreItsCharacters(string name, int characters) =>
        Assert.Equal(characters, InvoicePdf.Missing(SampleInvoice.Of(name), SampleInvoice.Lines(1), FontShelf.Installed).Count);

    [Theory]
    [InlineData("王小明", 3)]
    [InlineData("अमित", 4)]
    [InlineData("محمد", 0)]
    [InlineData("דוד", 0)]
    public void Write_WithoutTheFontsOfTheMachine_PrintsAndSaysWhatIsMissing(string name, int missing)
    {
        var invoice = SampleInvoice.Of(name);

        Assert.Contains(
            name,
            PaperText.Of(InvoicePdf.Write(invoice, SampleInvoice.Lines(1), FontShelf.Embedded)),
            StringComparison.Ordinal
        );
        Assert.Equal(missing, InvoicePdf.Missing(invoice, SampleInvoice.Lines(1), FontShelf.Embedded).Count);
    }

    [Fact]
    public void Write_OfAnInvoice_NamesAllItMust()
    {
        var text = PaperText.Of(InvoicePdf.Write(SampleInvoice.Of("Anna"), SampleInvoice.Lines(1), FontShelf.Installed));

        foreach (
            var part in new[]
            {
                "site.example",
                "22 November 2026 to 21 November 2027",
                "Example Hosting Ltd",
                "VAT id GB123456789",
                "VAT id DE123456789",
                "Registered in England, no. 01234567",
                "Director: Jane Doe",
                "Payment method: Online payment through Stripe, pi_1",
                "Paid in full on 22 November 2026. Nothing is due.",
                "Total USD",
            }
        )
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Tax", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_OfAnInvoiceFromBeforeAllWasKept_SaysNothingOfIt()
    {
        var invoice = SampleInvoice.Of("Anna");
        invoice = invoice with { Payment = invoice.Payment! with { Method = null }, Seller = invoice.Seller! with { LegalFooter = null } };
        var line = SampleInvoice.Line("Starter") with { Domain = null, PeriodStart = null, PeriodEnd = null };

        var text = PaperText.Of(InvoicePdf.Write(invoice, [line], FontShelf.Installed));

        foreach (var part in new[] { "Payment method", "site.example", "November 2027", "Registered" })
            Assert.DoesNotContain(part, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JPY", 1500, "1,500")]
    [InlineData("KWD", 24.68, "24.680")]
    [InlineData("USD", 1029.88, "1,029.88")]
    public void Amounts_OfACurrency_HaveItsDecimals(string currency, double amount, string written)
    {
        var invoice = SampleInvoice.Of("Anna", currency) with
        {
            Total = (decimal)amount,
            Sums = new InvoiceSums((decimal)amount, 0, (decimal)amount, 0, 0),
        };
        var line = SampleInvoice.Line("Starter", price: (decimal)amount);

        var words = PaperText.Words(InvoicePdf.Write(invoice, [line], FontShelf.Installed));

        Assert.Equal(3, words.Count(w => w.Text == written));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(500)]
    public void Lines_OfAnyNumber_StandInOrderAndTheTotalsTogether(int count)
    {
        var pdf = InvoicePdf.Write(SampleInvoice.Of("Anna"), SampleInvoice.Lines(count), FontShelf.Installed);

        var numbers = PaperText
            .Of(pdf)
            .Split('\n')
            .Where(l => l.StartsWith("Starter hosting ", StringComparison.Ordinal))
            .Select(l => int.Parse(l.Split(' ', 4)[2], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, count), numbers);
        var last = PaperText.Page(pdf, PaperText.Pages(pdf));
        foreach (var part in new[] { "Total USD", "1,234.56", "Paid in full", "Payment method", "Director: Jane Doe" })
            Assert.Contains(part, last, StringComparison.Ordinal);
    }

    /// <summary>Of so many lines that the totals come to stand at every place of a page.</summary>
    [Fact]
    public void Totals_WhereverThePageEnds_AreNotParted()
    {
        foreach (var count in Enumerable.Range(10, 24))
        {
            var pdf = InvoicePdf.Write(SampleInvoice.Of("Anna"), SampleInvoice.Lines(count), FontShelf.Embedded);
            var last = PaperText.Page(pdf, PaperText.Pages(pdf));
            Assert.All(["Total USD", "Paid in full", "Payment method"], part => Assert.Contains(part, last, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("W")]
    [InlineData("王")]
    [InlineData("ش")]
    [InlineData("क्ष")]
    public void Name_Of200CharactersWithoutABlank_StaysInItsColumn(string character)
    {
        var name = string.Concat(Enumerable.Repeat(character, 200))[..200];
        var line = SampleInvoice.Line(name, quantity: 999, price: 99_999_999.99m);

        var words = PaperText.Words(InvoicePdf.Write(SampleInvoice.Of(name), [line], FontShelf.Installed));

        Assert.All(words, w => Assert.InRange(w.Right, 50, 546));
        Assert.All(
            words.Where(w => w.Text.Contains(character, StringComparison.Ordinal) && w.Left < 290),
            w => Assert.InRange(w.Right, 50, 295)
        );
        Assert.Equal(544.9, words.Single(w => w.Text == "99,899,999,990.01").Right, 0.5);
    }

    [Fact]
    public void Description_LongerThanAPage_GoesOnOnTheNext()
    {
        var words = PaperText.Words(
            InvoicePdf.Write(SampleInvoice.Of("Anna"), [SampleInvoice.Line(new string('W', 5000))], FontShelf.Embedded)
        );

        Assert.Equal(5000, words.Sum(w => w.Text.Count(c => c == 'W')));
        Assert.All(words, w => Assert.InRange(w.Top, 40, 820));
    }

    [Fact]
    public void Parties_LongerThanAPage_GoOnOnTheNext()
    {
        var invoice = SampleInvoice.Of("Anna");
        invoice = invoice with { Buyer = invoice.Buyer with { Address = string.Join('\n', Enumerable.Repeat(new string('W', 200), 8)) } };

        var words = PaperText.Words(InvoicePdf.Write(invoice, SampleInvoice.Lines(1), FontShelf.Embedded));

        Assert.Equal(1600, words.Sum(w => w.Text.Count(c => c == 'W')));
        Assert.All(words, w => Assert.InRange(w.Top, 40, 820));
    }
}
