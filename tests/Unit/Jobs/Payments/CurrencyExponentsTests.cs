using System.Globalization;
using MPanel.Jobs.Payments;

namespace MPanel.Tests.Unit.Jobs.Payments;

public sealed class CurrencyExponentsTests
{
    [Theory]
    [InlineData("USD", 4582, "45.82")]
    [InlineData("eur", 1, "0.01")]
    [InlineData("JPY", 500, "500")]
    [InlineData("jpy", 0, "0")]
    [InlineData("KRW", 12345, "12345")]
    [InlineData("XOF", 7, "7")]
    [InlineData("KWD", 5120, "5.12")]
    [InlineData("BHD", 10, "0.01")]
    [InlineData("ISK", 500, "5")]
    [InlineData("UGX", 500, "5")]
    [InlineData("HUF", 1045, "10.45")]
    [InlineData("TWD", 80045, "800.45")]
    public void Conversion_OfStripesExamples_IsTheSameBothWays(string currency, long minor, string major)
    {
        var expected = decimal.Parse(major, CultureInfo.InvariantCulture);

        Assert.Equal(expected, CurrencyExponents.FromMinor(minor, currency));
        Assert.Equal(minor, CurrencyExponents.ToMinor(expected, currency));
    }

    [Theory]
    [InlineData("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF", 0)]
    [InlineData("BHD JOD KWD OMR TND", 3)]
    [InlineData("USD EUR GBP ISK UGX HUF TWD", 2)]
    public void Of_EveryListedCurrency_IsStripesExponent(string currencies, int exponent) =>
        Assert.All(currencies.Split(' '), currency => Assert.Equal(exponent, CurrencyExponents.Of(currency)));

    [Theory]
    [InlineData("USD", "45.825")]
    [InlineData("JPY", "500.5")]
    [InlineData("KWD", "5.124")]
    [InlineData("ISK", "5.50")]
    [InlineData("UGX", "5.01")]
    [InlineData("USD", "-1")]
    [InlineData("USD", "100000000000")]
    public void ToMinor_AmountStripeWouldRefuse_IsNull(string currency, string amount) =>
        Assert.Null(CurrencyExponents.ToMinor(decimal.Parse(amount, CultureInfo.InvariantCulture), currency));

    [Theory]
    [InlineData("USD", -1)]
    [InlineData("JPY", 100_000_000_000)]
    [InlineData("USD", long.MaxValue)]
    [InlineData("KWD", long.MaxValue)]
    [InlineData("US", 1)]
    [InlineData("USDT", 1)]
    [InlineData("U1D", 1)]
    [InlineData("ÜSD", 1)]
    [InlineData("", 1)]
    public void FromMinor_WhatNoMoneyColumnHolds_IsNull(string currency, long amount) =>
        Assert.Null(CurrencyExponents.FromMinor(amount, currency));

    [Fact]
    public void FromMinor_LargestMoneyColumn_IsExact() =>
        Assert.Equal(99_999_999_999.999m, CurrencyExponents.FromMinor(99_999_999_999_999, "KWD"));
}
