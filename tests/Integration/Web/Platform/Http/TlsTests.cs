using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Platform.Http;

/// <summary>What a browser behind the proxy's TLS is told.</summary>
public sealed partial class TlsTests : IAsyncLifetime
{
    private PanelServer _panel = null!;
    private TestUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start();
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        _user = await TestUser.Create(db, "orders.view");
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Cookies_OfEveryKind_BelongToThisHostAlone()
    {
        var cookies = new Dictionary<string, string>();
        using var browser = Browser();
        using var form = await Send(browser, HttpMethod.Get, "/login", cookies);
        using var login = await Send(browser, HttpMethod.Post, "/login", cookies, await Fields(form));
        using var account = await Send(browser, HttpMethod.Get, "/account", cookies);
        using var saved = await Send(
            browser,
            HttpMethod.Post,
            "/account",
            cookies,
            [
                .. (await Fields(account)).Take(1),
                KeyValuePair.Create("DisplayName", "Me"),
                KeyValuePair.Create("TimeZone", "UTC"),
                KeyValuePair.Create("Version", "1"),
            ]
        );

        Assert.Equal(
            (HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.Redirect),
            (login.StatusCode, account.StatusCode, saved.StatusCode)
        );
        foreach (var answer in (HttpResponseMessage[])[form, login, saved])
        foreach (var cookie in answer.Headers.GetValues("Set-Cookie"))
        {
            Assert.StartsWith("__Host-mpanel_", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(
            ["__Host-mpanel_antiforgery", "__Host-mpanel_browser", "__Host-mpanel_notice", "__Host-mpanel_session"],
            cookies.Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Cookie_WithoutThePrefix_IsNoSession()
    {
        using var plain = await _panel.SignInAs(_user);
        var token = plain.Cookies.GetCookies(_panel.PagesAddress)["mpanel_session"]!.Value;
        using var browser = Browser();

        using var planted = await Send(browser, HttpMethod.Get, "/account", new() { ["mpanel_session"] = token });
        using var own = await Send(browser, HttpMethod.Get, "/account", new() { ["__Host-mpanel_session"] = token });

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (planted.StatusCode, own.StatusCode));
    }

    [Theory]
    [InlineData("/nothing/here", HttpStatusCode.NotFound)]
    [InlineData("/orders/ORD-0", HttpStatusCode.NotFound)]
    [InlineData("/security/api-keys", HttpStatusCode.Forbidden)]
    public async Task ErrorPage_OfSomebodySignedIn_KeepsTheMenuAndTheOpenForms(string path, HttpStatusCode status)
    {
        var cookies = new Dictionary<string, string>();
        using var browser = Browser();
        using var form = await Send(browser, HttpMethod.Get, "/login", cookies);
        using var login = await Send(browser, HttpMethod.Post, "/login", cookies, await Fields(form));
        using var account = await Send(browser, HttpMethod.Get, "/account", cookies);

        using var refused = await Send(browser, HttpMethod.Get, path, cookies);
        using var saved = await Send(
            browser,
            HttpMethod.Post,
            "/account",
            cookies,
            [
                .. (await Fields(account)).Take(1),
                KeyValuePair.Create("DisplayName", "Me"),
                KeyValuePair.Create("TimeZone", "UTC"),
                KeyValuePair.Create("Version", "1"),
            ]
        );

        Assert.Equal(status, refused.StatusCode);
        Assert.Contains("/logout", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            refused.Headers.TryGetValues("Set-Cookie", out var set) ? set : [],
            c => c.Contains("antiforgery", StringComparison.Ordinal)
        );
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
    }

    [Fact]
    public async Task Answer_OfPageAndApi_KeepsItsWindowAndItsContentToItself()
    {
        using var pages = _panel.Pages();
        using var api = await _panel.Client();
        foreach (var answer in new[] { await pages.GetAsync("/login"), await api.GetAsync("/healthz"), await api.GetAsync("/api/nothing") })
            using (answer)
            {
                Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Opener-Policy")));
                Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
                Assert.Contains("camera=()", Assert.Single(answer.Headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
            }
    }

    private HttpClient Browser()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _panel.PagesAddress,
        };
        // As a proxy of loopback says it.
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
        return client;
    }

    private async Task<IReadOnlyList<KeyValuePair<string, string>>> Fields(HttpResponseMessage page) =>
        [
            KeyValuePair.Create(
                "__RequestVerificationToken",
                WebUtility.HtmlDecode(Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value)
            ),
            KeyValuePair.Create("Email", _user.Email),
            KeyValuePair.Create("Password", TestUser.Password),
        ];

    private static async Task<HttpResponseMessage> Send(
        HttpClient browser,
        HttpMethod method,
        string path,
        Dictionary<string, string> cookies,
        IEnumerable<KeyValuePair<string, string>>? form = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (form is not null)
            request.Content = new FormUrlEncodedContent(form);
        if (cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await browser.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2)))
                cookies[cookie[0]] = cookie[1];
        return answer;
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex Token();
}
