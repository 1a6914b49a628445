using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("techstartup.net", "techstartup.net")]
    [InlineData("TechStartup.NET", "techstartup.net")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("例え.jp", "xn--r8jz45g.jp")]
    [InlineData("a-b.co.uk", "a-b.co.uk")]
    [InlineData("1and1.com", "1and1.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData(" example.com\n", "example.com")]
    [InlineData("\uFEFFexample.com\u200E", "example.com")]
    [InlineData("https://BÜCHER.example./", "xn--bcher-kva.example")]
    [InlineData("http://example.com", "example.com")]
    public void Normalize_OfASellableName_GivesLowerCaseAscii(string input, string expected) =>
        Assert.Equal(expected, DomainName.Normalize(input));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("localhost")]
    [InlineData("my.localhost")]
    [InlineData("printer.local")]
    [InlineData("host.internal")]
    [InlineData("1.0.0.127.in-addr.arpa")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../../etc/passwd")]
    [InlineData("a..b.com")]
    [InlineData(".example.com")]
    [InlineData("example")]
    [InlineData("127.0.0.1")]
    [InlineData("10.1")]
    [InlineData("[::1]")]
    [InlineData("-a.com")]
    [InlineData("a-.com")]
    [InlineData("a_b.com")]
    [InlineData("*.example.com")]
    [InlineData("exa mple.com")]
    [InlineData("exam\nple.com")]
    [InlineData("example.com..")]
    [InlineData("https://https://example.com/")]
    [InlineData("https://example.com/shop")]
    [InlineData("https://example.com:443/")]
    [InlineData("https://user@example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://")]
    [InlineData("example.com;reload")]
    [InlineData("example.com/path")]
    [InlineData("example.com:80")]
    [InlineData("user@example.com")]
    [InlineData("exam\u200Bple.com")]
    [InlineData("exam\u00ADple.com")]
    [InlineData("exam\u202Eple.com")]
    [InlineData("exam\0ple.com")]
    [InlineData("xn--zzzzzzzzz99999.com")]
    [InlineData("ab--cd.com")]
    [InlineData("xn--.com")]
    [InlineData("example.x")]
    [InlineData("co.uk")]
    [InlineData("com.au")]
    public void Normalize_OfAHostileOrReservedName_GivesNull(string? input) => Assert.Null(DomainName.Normalize(input));

    [Fact]
    public void Normalize_OfALabelOf64Characters_GivesNull()
    {
        Assert.NotNull(DomainName.Normalize(new string('a', 63) + ".com"));
        Assert.Null(DomainName.Normalize(new string('a', 64) + ".com"));
    }

    [Fact]
    public void Normalize_OfANameTooLongForItsWwwName_GivesNull()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4))[..242] + ".com";
        Assert.Equal(246, longest.Length);
        Assert.NotNull(DomainName.Normalize(longest));
        Assert.Null(DomainName.Normalize("a" + longest));
    }

    [Fact]
    public void SelfAndParents_OfASubdomain_EndsAtTwoLabels() =>
        Assert.Equal(["a.b.example.net", "b.example.net", "example.net"], DomainName.SelfAndParents("a.b.example.net"));
}
