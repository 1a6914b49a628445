using MPanel.Database.Taxes;
using MPanel.Jobs.Taxes;

namespace MPanel.Tests.Unit.Jobs.Taxes;

public sealed class TaxRulesTests
{
    private const string German = "DE123456789";

    [Theory]
    // At home, with or without a VAT id.
    [InlineData("DE", null, null, 19d, 19d, German, "S", 19d)]
    [InlineData("DE", "DE987654321", null, 19d, 19d, German, "S", 19d)]
    // A consumer of another country of the Union: their rate, or the seller's where there is none.
    [InlineData("AT", null, null, 20d, 19d, German, "S", 20d)]
    [InlineData("FR", null, null, null, 19d, German, "S", 19d)]
    // A business there.
    [InlineData("AT", "ATU12345678", null, 20d, 19d, German, "AE", 0d)]
    [InlineData("GR", "EL123456789", null, null, 19d, German, "AE", 0d)]
    // Its id is wrong, or another country's, or the seller has none: taxed.
    [InlineData("AT", "ATU1234567", null, 20d, 19d, German, "S", 20d)]
    [InlineData("AT", "FRXX123456789", null, 20d, 19d, German, "S", 20d)]
    [InlineData("AT", "ATU12345678", null, 20d, null, null, "S", 20d)]
    [InlineData("AT", "ATU12345678", null, 20d, null, "GB123456789", "S", 20d)]
    // Outside of the Union, or nobody knows where.
    [InlineData("US", "ATU12345678", null, null, 19d, German, "O", 0d)]
    [InlineData("CH", null, null, 8.1, 19d, German, "S", 8.1)]
    [InlineData(null, null, null, null, 19d, German, "S", 19d)]
    [InlineData(null, null, null, null, null, null, "O", 0d)]
    [InlineData("DE", null, "A charity", 19d, 19d, German, "E", 0d)]
    public void Decide_ByBuyerAndSeller_IsTheTaxThatIsOwed(
        string? country,
        string? vatId,
        string? exempt,
        double? rate,
        double? home,
        string? seller,
        string category,
        double percent
    )
    {
        var facts = new TaxFacts(
            country,
            vatId,
            exempt,
            rate is null ? null : TaxCategory.Standard,
            (decimal?)rate,
            home is null ? null : TaxCategory.Standard,
            (decimal?)home
        );

        var verdict = TaxRules.Decide(facts, seller);

        Assert.Equal((category, (decimal)percent), (verdict.Category, verdict.Rate));
        Assert.Equal(category is "AE" or "E", verdict.Note is not null);
        Assert.Equal(category == "AE", verdict.Note?.StartsWith("Reverse charge", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("DE", "S", 19, "2026-01-01", null, "")]
    [InlineData("de", null, 19.125, "2026-01-01", "2026-01-01", "")]
    [InlineData("DE", "Z", 0, "2026-01-01", null, "")]
    [InlineData("XX", "S", 0, null, null, "country,percent,from")]
    [InlineData("DE", "AE", 100, "1989-12-31", null, "category,percent,from")]
    [InlineData("DE", "E", 1, "2026-01-02", "2026-01-01", "percent,until")]
    [InlineData("DE", "S", 19.0001, "2026-01-02", "9999-12-31", "percent,until")]
    public void Check_OfARate_NamesEveryFault(string country, string? category, double percent, string? from, string? until, string faults)
    {
        var input = new TaxRateInput(
            country,
            category,
            (decimal)percent,
            from is null ? null : DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture),
            until is null ? null : DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture)
        );

        var (value, found) = TaxRules.Check(input);

        Assert.Equal(faults, string.Join(',', found.Select(f => f.Path)));
        Assert.Equal(faults.Length == 0, value is not null);
    }
}
