using System.Text;
using MPanel.Database.Invoices;
using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

public sealed class InvoicePdfTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(24, 1)]
    [InlineData(120, 4)]
    public void Write_OfSoManyLines_TakesSoManyPages(int lines, int pages) =>
        Assert.Equal(pages, Pages(InvoicePdf.Write(Invoice(), Lines(lines))));

    [Fact]
    public void Write_OfTextsThatFitNoLine_BreaksThemAndEnds()
    {
        var hostile = new string('W', 200);
        var invoice = Invoice();
        invoice = invoice with
        {
            Buyer = invoice.Buyer with { Name = hostile, Company = string.Concat(Enumerable.Repeat("\U0001F600", 100)) },
            Seller = invoice.Seller! with { Address = string.Join('\n', Enumerable.Repeat(hostile, 8)) },
        };

        Assert.True(Pages(InvoicePdf.Write(invoice, [new InvoiceLine(1, hostile, 999, 1_000_000m, 999_000_000m)])) >= 1);
    }

    [Theory]
    [InlineData("(/JavaScript) >> endobj %PDF \\) <script>")]
    [InlineData("שלום עולם ‏abc")]
    [InlineData("\ud800 half")]
    [InlineData("日本語 Ünïcödé Ελληνικά кириллица")]
    public void Write_OfAnyName_IsOnePage(string name)
    {
        var invoice = Invoice();
        var pdf = InvoicePdf.Write(invoice with { Buyer = invoice.Buyer with { Name = name } }, Lines(1));

        Assert.Equal(1, Pages(pdf));
        Assert.DoesNotContain("/JavaScript", Encoding.Latin1.GetString(pdf), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfAnInvoice_CarriesItsFontsAlong()
    {
        var pdf = Encoding.Latin1.GetString(InvoicePdf.Write(Invoice(), Lines(1)));

        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
        Assert.Contains("DejaVu", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfTheSameInvoice_GivesTheSameBytes() =>
        Assert.Equal(InvoicePdf.Write(Invoice(), Lines(3)), InvoicePdf.Write(Invoice(), Lines(3)));

    /// <summary>For a person to look at: where MPANEL_PDF_OUT names a directory, the examples are written there.</summary>
    [Fact]
    public void Write_OfTheExamples_CanBeLookedAt()
    {
        var invoice = Invoice();
        (string Name, byte[] Pdf)[] examples =
        [
            ("short", InvoicePdf.Write(invoice, Lines(3))),
            ("long", InvoicePdf.Write(invoice, Lines(60))),
            (
                "none",
                InvoicePdf.Write(
                    invoice with
                    {
                        Seller = null,
                        Buyer = new InvoiceBuyer(1, invoice.Buyer.Name, invoice.Buyer.Email, null, null, null, null),
                        Currency = "JPY",
                    },
                    Lines(1)
                )
            ),
        ];
        if (Environment.GetEnvironmentVariable("MPANEL_PDF_OUT") is { } directory)
            foreach (var (name, pdf) in examples)
                File.WriteAllBytes(Path.Combine(directory, $"{name}.pdf"), pdf);

        Assert.All(examples, e => Assert.True(e.Pdf.Length is > 5_000 and < 200_000));
    }

    private static int Pages(byte[] pdf) => Encoding.Latin1.GetString(pdf).Split("/Type /Page ").Length - 1;

    private static IReadOnlyList<InvoiceLine> Lines(int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(i => new InvoiceLine(
                    i,
                    i % 7 == 0
                        ? "WordPress Growth, hosting tuned for WordPress with everything that one could wish for"
                        : $"Starter hosting {i}",
                    i,
                    29.88m,
                    i * 29.88m
                )),
        ];

    private static InvoiceDetail Invoice() =>
        new(1, "INV-2026-000001", InvoiceState.Paid, "USD", 1234.56m, "ORD-1001", Issued)
        {
            Buyer = new InvoiceBuyer(
                1,
                "Łucja Ćwiklińska-Žižková",
                "lucja@example.com",
                "Ελληνική Εταιρεία & Сыновья GmbH",
                "DE123456789",
                "Lange Straße 1\n10115 Berlin",
                "DE"
            ),
            Seller = new FrozenSeller(
                "Example Hosting Ltd",
                "1 Example Street\nLondon EC1A 1AA\nUnited Kingdom",
                "GB123456789",
                "billing@example.com"
            ),
            Payment = new InvoicePayment(Issued, "pi_1", "ch_1", "succeeded", Livemode: false),
        };

    private static readonly DateTimeOffset Issued = DateTimeOffset.Parse("2026-11-22T10:00:00Z", null);
}
