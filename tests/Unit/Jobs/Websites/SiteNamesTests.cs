using MPanel.Jobs.Text;
using MPanel.Jobs.Websites;

namespace MPanel.Tests.Unit.Jobs.Websites;

public sealed class SiteNamesTests
{
    private static readonly PublicSuffixes Suffixes = PublicSuffixes.Parse(["com", "net", "co.uk", "uk", "github.io", "io"], "2026-11-01");

    [Theory]
    [InlineData("example.net", "www.example.net")]
    [InlineData("shop.example.net", "www.shop.example.net")]
    [InlineData("www.example.net", "example.net")]
    [InlineData("www.co.uk", null)]
    [InlineData("www.github.io", null)]
    [InlineData("www.net", null)]
    [InlineData("wwww.example.net", "www.wwww.example.net")]
    public void SecondOf_ADomain_IsItsWwwNameOrTheNameWithoutIt(string domain, string? second) =>
        Assert.Equal(second, SiteNames.SecondOf(domain, Suffixes));

    [Theory]
    [InlineData(249, true)]
    [InlineData(250, false)]
    public void SecondOf_ALongName_IsWithinWhatNamesMayBe(int length, bool there)
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('a', 49), 6))[..(length - 4)] + ".net";

        Assert.Equal(there, SiteNames.SecondOf(domain, Suffixes) is not null);
    }
}
