using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class VatIdsTests
{
    [Theory]
    [InlineData("DE123456789", "DE", true)]
    [InlineData("de 123.456-789", "DE", true)]
    [InlineData("ATU12345678", "AT", true)]
    [InlineData("EL123456789", "GR", true)]
    [InlineData("GR123456789", "GR", false)]
    [InlineData("NL123456789B01", "NL", true)]
    [InlineData("FRXX123456789", "FR", true)]
    [InlineData("DE12345678", "DE", false)]
    [InlineData("DE1234567890", "DE", false)]
    [InlineData("DE123456789", "AT", false)]
    [InlineData("123456789", "DE", false)]
    [InlineData("DE12345678\u0669", "DE", false)]
    [InlineData("GB123456789", "GB", false)]
    [InlineData("", "DE", false)]
    [InlineData(null, "DE", false)]
    [InlineData("DE123456789", null, false)]
    public void Fits_ByCountry_IsTheShapeOfThatCountry(string? id, string? country, bool fits) =>
        Assert.Equal(fits, VatIds.Fits(id, country));

    [Theory]
    [InlineData("DE123456789", "DE")]
    [InlineData("el123456789", "GR")]
    [InlineData("GB123456789", "GB")]
    [InlineData("12-3456789", null)]
    [InlineData("X", null)]
    [InlineData(null, null)]
    public void CountryOf_AnId_IsItsBeginning(string? id, string? country) => Assert.Equal(country, VatIds.CountryOf(id));
}
