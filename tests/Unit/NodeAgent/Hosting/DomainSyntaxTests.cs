using MPanel.NodeAgent.Hosting;

namespace MPanel.Tests.Unit.NodeAgent.Hosting;

public sealed class DomainSyntaxTests
{
    public static TheoryData<string> Good =>
        ["example.com", "1.example", "x1-2.example.co.uk", "xn--mnchen-3ya.de", "a.xn--p1ai", new string('a', 63) + ".test"];

    public static TheoryData<string> Bad =>
        [
            "",
            "localhost",
            "a.localhost",
            "example",
            "a.b",
            ".",
            "..",
            "../etc",
            "a..b",
            ".example.com",
            "example.com.",
            "Example.com",
            "-a.com",
            "a-.com",
            "a_b.com",
            "a b.com",
            "a.com\n",
            "a.com;",
            "a.com/b",
            "a.com\0",
            "*.a.com",
            "~^a$",
            "$host.com",
            "{a}.com",
            "\"a\".com",
            "127.0.0.1",
            "1.2.3.4",
            "[::1]",
            "münchen.de",
            "a\u200b.com",
            new string('a', 64) + ".test",
            string.Join('.', Enumerable.Repeat("abcdefghi", 26)),
        ];

    [Theory]
    [MemberData(nameof(Good))]
    public void IsValid_OfADomain_IsTrue(string domain) => Assert.True(DomainSyntax.IsValid(domain));

    [Theory]
    [MemberData(nameof(Bad))]
    public void IsValid_OfAnythingElse_IsFalse(string domain) => Assert.False(DomainSyntax.IsValid(domain));

    [Theory]
    [InlineData("starter", true)]
    [InlineData("wp-growth", true)]
    [InlineData("daily-backups-30d", true)]
    [InlineData("", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\\nb", false)]
    [InlineData("$plan", false)]
    [InlineData("a;b", false)]
    [InlineData("-a", false)]
    public void IsPlan_OfACode_SaysWhetherItMayStandInAConfiguration(string plan, bool valid) =>
        Assert.Equal(valid, DomainSyntax.IsPlan(plan));
}
