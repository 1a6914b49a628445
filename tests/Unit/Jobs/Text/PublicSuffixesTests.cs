using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class PublicSuffixesTests
{
    private static readonly PublicSuffixes List = PublicSuffixes.Parse(
        [
            "// VERSION: 2026-05-04_03-02-01_UTC",
            "// ===BEGIN ICANN DOMAINS===",
            "com",
            "uk",
            "co.uk",
            "me.uk",
            "jp",
            "tokyo.jp",
            "*.kawasaki.jp",
            "!city.kawasaki.jp",
            "*.ck",
            "!www.ck",
            "公司.cn",
            "cn",
            "",
            "// ===BEGIN PRIVATE DOMAINS===",
            "uk.com",
            "github.io trailing words",
            "io",
        ],
        "2020-01-01"
    );

    [Theory]
    [InlineData("com", true)]
    [InlineData("me.uk", true)]
    [InlineData("github.io", true)]
    [InlineData("uk.com", true)]
    [InlineData("tokyo.jp", true)]
    [InlineData("any.kawasaki.jp", true)]
    [InlineData("any.ck", true)]
    [InlineData("xn--55qx5d.cn", true)]
    [InlineData("unknown", true)]
    [InlineData("city.kawasaki.jp", false)]
    [InlineData("www.ck", false)]
    [InlineData("example.com", false)]
    [InlineData("example.uk.com", false)]
    [InlineData("example.unknown", false)]
    [InlineData("kawasaki.jp", true)]
    public void IsSuffix_OfAName_IsWhatTheListSays(string domain, bool expected) => Assert.Equal(expected, List.IsSuffix(domain));

    [Theory]
    [InlineData("a.b.example.com", "example.com")]
    [InlineData("example.com", "example.com")]
    [InlineData("a.me.github.io", "me.github.io")]
    [InlineData("a.b.c.kawasaki.jp", "b.c.kawasaki.jp")]
    [InlineData("a.city.kawasaki.jp", "city.kawasaki.jp")]
    [InlineData("a.example.unknown", "example.unknown")]
    [InlineData("github.io", "github.io")]
    public void Registrable_OfAName_IsOneLabelBelowItsSuffix(string domain, string expected) =>
        Assert.Equal(expected, List.Registrable(domain));

    [Theory]
    [InlineData("a.b.example.com", "a.b.example.com b.example.com example.com www.a.b.example.com")]
    [InlineData("me.github.io", "me.github.io www.me.github.io")]
    [InlineData("a.me.uk", "a.me.uk www.a.me.uk")]
    public void Related_OfAName_EndsAtTheRegistrableOne(string domain, string expected) =>
        Assert.Equal(expected.Split(' '), List.Related(domain));

    [Fact]
    public void Date_OfAList_IsItsOwn() => Assert.Equal("2026-05-04", List.Date);

    [Fact]
    public void Parse_OfSomethingElse_Throws() => Assert.Throws<IOException>(() => PublicSuffixes.Parse(["<html>"], "2020-01-01"));
}
