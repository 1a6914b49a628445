using MPanel.Jobs.Websites;

namespace MPanel.Tests.Unit.Jobs.Websites;

public sealed class RedirectTargetTests
{
    [Theory]
    [InlineData("https://example.net", "https://example.net/")]
    [InlineData("  http://EXAMPLE.net/Shop/ ", "http://example.net/Shop/")]
    [InlineData("https://müller.example/straße?q=ä#ö", "https://xn--mller-kva.example/stra%C3%9Fe?q=%C3%A4#%C3%B6")]
    [InlineData("https://example.net:8443/a", "https://example.net:8443/a")]
    [InlineData("https://example.net/$request_uri", "https://example.net/%24request_uri")]
    [InlineData("https://example.net/a;b", "https://example.net/a;b")]
    [InlineData("https://example.net/{a}", "https://example.net/%7Ba%7D")]
    [InlineData("https://example.net/a\"b", "https://example.net/a%22b")]
    [InlineData("https://example.net/a b", "https://example.net/a%20b")]
    public void Normalize_AnAddress_IsPlainAscii(string typed, string target) => Assert.Equal(target, RedirectTarget.Normalize(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("example.net")]
    [InlineData("//example.net/")]
    [InlineData("/path")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://example.net/")]
    [InlineData("https://user:word@example.net/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://example.net/\r\nSet-Cookie: a=b")]
    [InlineData("https://example.net/\0")]
    [InlineData("https://exa mple.net/")]
    public void Normalize_AnythingElse_IsRefused(string? typed) => Assert.Null(RedirectTarget.Normalize(typed));

    [Fact]
    public void Normalize_AnAddressThatIsTooLong_IsRefused() =>
        Assert.Null(RedirectTarget.Normalize("https://example.net/" + new string('a', 2000)));

    [Fact]
    public void Normalize_ItsOwnResult_ChangesNothing()
    {
        var once = RedirectTarget.Normalize("https://müller.example/straße?q=$ä");

        Assert.Equal(once, RedirectTarget.Normalize(once));
    }
}
