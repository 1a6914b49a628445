using MPanel.Web.Pages.Shared;

namespace MPanel.Tests.Unit.Web.Pages.Shared;

public sealed class BrowserNameTests
{
    [Theory]
    [InlineData(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
        "Chrome 156 on Linux"
    )]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
        "Edge 139 on Windows"
    )]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux")]
    [InlineData(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "Safari 18 on macOS"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Safari 18 on iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
        "Chrome 138 on Android"
    )]
    public void Of_BrowserPeopleHave_SaysNameVersionAndSystem(string userAgent, string name) =>
        Assert.Equal(name, BrowserName.Of(userAgent));

    [Theory]
    [InlineData("curl/7.88.1", "curl/7.88.1")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("", "unknown")]
    [InlineData("  ", "unknown")]
    public void Of_AnythingElse_SaysWhatWasSent(string userAgent, string name) => Assert.Equal(name, BrowserName.Of(userAgent));
}
