using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("client@example.com", "client@example.com")]
    [InlineData("First.Last+tag@Example.COM", "First.Last+tag@example.com")]
    [InlineData("o'brien@bücher.example", "o'brien@xn--bcher-kva.example")]
    [InlineData("\tclient@example.com \r\n", "client@example.com")]
    [InlineData("client@example.com.", "client@example.com")]
    public void Normalize_OfAnAddress_KeepsTheLocalPartAndLowersTheDomain(string input, string expected) =>
        Assert.Equal(expected, EmailAddress.Normalize(input));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("client")]
    [InlineData("@example.com")]
    [InlineData("client@")]
    [InlineData("client@localhost")]
    [InlineData("a@b@example.com")]
    [InlineData(".client@example.com")]
    [InlineData("cli..ent@example.com")]
    [InlineData("cli ent@example.com")]
    [InlineData("client@example.com\r\nBcc: all@example.com")]
    [InlineData("\"quoted\"@example.com")]
    [InlineData("cli\u200Bent@example.com")]
    [InlineData("<script>@example.com")]
    [InlineData("client@https://example.com/")]
    [InlineData("client@ example.com")]
    [InlineData("client @example.com")]
    [InlineData("müller@example.com")]
    public void Normalize_OfAnythingElse_GivesNull(string? input) => Assert.Null(EmailAddress.Normalize(input));

    [Fact]
    public void Normalize_OfALocalPartOf65Characters_GivesNull()
    {
        Assert.NotNull(EmailAddress.Normalize(new string('a', 64) + "@example.com"));
        Assert.Null(EmailAddress.Normalize(new string('a', 65) + "@example.com"));
    }
}
