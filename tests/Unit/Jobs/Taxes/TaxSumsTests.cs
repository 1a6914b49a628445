using FsCheck;
using FsCheck.Fluent;
using MPanel.Jobs.Taxes;

namespace MPanel.Tests.Unit.Jobs.Taxes;

/// <summary>Whatever the amount, rate and currency: not a cent is lost.</summary>
public sealed class TaxSumsTests
{
    private static readonly Arbitrary<(long Minor, int Rate, int Decimals)> Sales = (
        from minor in Gen.Choose(0, 2_000_000_000)
        from rate in Gen.Choose(0, 99_999)
        from decimals in Gen.Elements(0, 2, 3)
        select ((long)minor, rate, decimals)
    ).ToArbitrary();

    [Fact]
    public void Inclusive_OfAnySale_KeepsTheGross() =>
        Prop.ForAll(
                Sales,
                sale =>
                {
                    var (amount, rate) = Of(sale);
                    var sums = TaxSums.Of(amount, rate, inclusive: true, sale.Decimals);
                    return sums.Net + sums.Tax == amount && IsRounded(sums.Tax, sale.Decimals) && sums is { Net: >= 0, Tax: >= 0 };
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Tax_OfAnySale_IsWithinHalfOfTheSmallestCoin() =>
        Prop.ForAll(
                Sales,
                sale =>
                {
                    var (amount, rate) = Of(sale);
                    var half = Coin(sale.Decimals) / 2;
                    var within = TaxSums.Of(amount, rate, inclusive: true, sale.Decimals);
                    var added = TaxSums.Of(amount, rate, inclusive: false, sale.Decimals);
                    return Math.Abs(within.Net * rate / 100 - within.Tax) <= half * (1 + rate / 100) + 0.0000001m
                        && Math.Abs(amount * rate / 100 - added.Tax) <= half
                        && added.Net == amount
                        && IsRounded(added.Tax, sale.Decimals);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Shares_OfCreditNotesOverAllOfIt_AddUpToTheTax() =>
        Prop.ForAll(
                Sales,
                Gen.Choose(1, 1_000_000).NonEmptyListOf().ToArbitrary(),
                (sale, parts) =>
                {
                    var (amount, rate) = Of(sale);
                    var tax = TaxSums.Of(amount, rate, inclusive: true, sale.Decimals).Tax;
                    var (credited, taken) = (0m, 0m);
                    // As the database shares it: rounded once over all that is credited so far.
                    foreach (var part in parts.Select(p => p * Coin(sale.Decimals)).Append(amount))
                    {
                        var note = Math.Min(part, amount - credited);
                        if (note <= 0)
                            continue;
                        credited += note;
                        var share = Math.Round(tax * credited / amount, sale.Decimals, MidpointRounding.AwayFromZero) - taken;
                        if (share < 0 || share > note)
                            return false;
                        taken += share;
                    }
                    return amount == 0 || (credited == amount && taken == tax);
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(119, 19, true, 2, 100, 19)]
    [InlineData(45.82, 19, true, 2, 38.5, 7.32)]
    [InlineData(0.5, 10, false, 1, 0.5, 0.1)]
    [InlineData(100.10, 5, false, 2, 100.10, 5.01)]
    [InlineData(1500, 10, true, 0, 1364, 136)]
    [InlineData(10, 0, true, 2, 10, 0)]
    public void Of_AKnownSale_RoundsHalfUp(double amount, double rate, bool inclusive, int decimals, double net, double tax) =>
        Assert.Equal(new TaxSums((decimal)net, (decimal)tax), TaxSums.Of((decimal)amount, (decimal)rate, inclusive, decimals));

    private static (decimal Amount, decimal Rate) Of((long Minor, int Rate, int Decimals) sale) =>
        (sale.Minor * Coin(sale.Decimals), sale.Rate / 1000m);

    private static decimal Coin(int decimals) =>
        decimals switch
        {
            0 => 1m,
            2 => 0.01m,
            _ => 0.001m,
        };

    private static bool IsRounded(decimal amount, int decimals) => decimal.Round(amount, decimals) == amount;
}
