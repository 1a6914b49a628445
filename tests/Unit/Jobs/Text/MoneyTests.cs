using System.Globalization;
using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("29.88", "USD", "29.88 USD")]
    [InlineData("1234567.5", "EUR", "1,234,567.50 EUR")]
    [InlineData("5000", "JPY", "5,000 JPY")]
    [InlineData("1.234", "KWD", "1.234 KWD")]
    [InlineData("-3", "USD", "-3.00 USD")]
    [InlineData("1", "XXX", "1.00 XXX")]
    public void Text_OfACurrency_HasItsDecimals(string amount, string currency, string expected) =>
        Assert.Equal(expected, Money.Text(decimal.Parse(amount, CultureInfo.InvariantCulture), currency));

    [Fact]
    public void Number_OfAnAmount_LeavesTheCurrencyOut() => Assert.Equal("1,029.88", Money.Number(1029.88m, "USD"));

    [Theory]
    [InlineData("1029.88", "USD", "1029.88")]
    [InlineData("1029", "JPY", "1029")]
    [InlineData("1029.5", "KWD", "1029.500")]
    public void Plain_OfAnAmount_FitsANumberField(string amount, string currency, string expected) =>
        Assert.Equal(expected, Money.Plain(decimal.Parse(amount, CultureInfo.InvariantCulture), currency));
}
