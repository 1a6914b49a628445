using System.Net;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web;

/// <summary>What holds for every page and everything it can be asked to do, whoever adds the next one.</summary>
public sealed class EveryPageRouteTests(EveryPageRouteTests.OnePanel one) : IClassFixture<EveryPageRouteTests.OnePanel>
{
    private readonly PanelServer _panel = one.Panel;

    /// <summary>One for all tests here: none of them succeeds in changing anything.</summary>
    public sealed class OnePanel : IAsyncLifetime
    {
        public PanelServer Panel { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Panel = await PanelServer.Start();

        public async ValueTask DisposeAsync() => await Panel.DisposeAsync();
    }

    [Fact]
    public async Task Page_WithEveryPermissionButItsOwn_IsForbiddenAndOfNobodyLeadsToTheLogin()
    {
        using var nobody = _panel.Pages();
        foreach (var pages in (await PanelRoutes.Pages(_panel)).GroupBy(p => p.Permission))
        {
            using var other = await _panel.SignIn(await PanelRoutes.AllPermissions(_panel, but: pages.Key.Split(' ')));
            foreach (var page in pages)
            foreach (var path in (string[])[Path(page), .. page.Gets.Select(h => $"{Path(page)}?handler={h}")])
            {
                using var refused = await other.GetAsync(path);
                using var sent = await nobody.GetAsync(path);

                Assert.Equal((path, HttpStatusCode.Forbidden), (path, refused.StatusCode));
                Assert.Contains("You may not do that", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Equal((path, HttpStatusCode.Redirect), (path, sent.StatusCode));
                Assert.StartsWith("/login?", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Form_WithEveryPermissionButItsOwn_IsForbiddenAndAudited()
    {
        var asked = 0;
        var forms = (await PanelRoutes.Pages(_panel))
            .SelectMany(p => p.Posts.Select(h => (Page: p, Handler: h)))
            .GroupBy(f => f.Handler.Permission);
        foreach (var ofPermission in forms)
        {
            using var other = await _panel.SignIn(await PanelRoutes.AllPermissions(_panel, but: ofPermission.Key));
            var token = await other.AntiforgeryToken("/account");
            foreach (var (page, handler) in ofPermission)
            {
                var path = $"{Path(page)}{(handler.Name is null ? "" : $"?handler={handler.Name}")}";
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token)]),
                };
                // Each from an address of its own: so many refusals to one would no longer be written down.
                request.Headers.Add("X-Forwarded-For", $"10.1.0.{asked++}");
                using var answer = await other.SendAsync(request);

                Assert.Equal((path, HttpStatusCode.Forbidden), (path, answer.StatusCode));
                Assert.Equal((path, 1), (path, await Audited("access.forbidden", $"10.1.0.{asked - 1}")));
            }
        }
        Assert.True(asked >= 30, $"{asked} forms");
    }

    [Fact]
    public async Task Form_WithoutItsAntiforgeryToken_IsRefusedAndAuditedWhoeverSendsIt()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        var asked = 0;
        foreach (var page in await PanelRoutes.Pages(_panel))
        foreach (var (name, _) in page.Posts)
        {
            var path = $"{Path(page)}{(name is null ? "" : $"?handler={name}")}";
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([]) };
            request.Headers.Add("X-Forwarded-For", $"10.2.0.{asked++}");
            using var answer = await admin.SendAsync(request);

            Assert.Equal((path, HttpStatusCode.BadRequest), (path, answer.StatusCode));
            Assert.Equal((path, 1), (path, await Audited("access.forged", $"10.2.0.{asked - 1}")));
        }
        Assert.True(asked >= 30, $"{asked} forms");
    }

    [Fact]
    public async Task Page_OfNothing_OpensAndOfAnIdThatIsNotThereIs404()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        foreach (var page in await PanelRoutes.Pages(_panel))
        foreach (var id in page.HasParameter ? (string[])["0", "-1", "9223372036854775807", "9223372036854775808", "no-such", "%27"] : [""])
        {
            var path = PanelRoutes.With(page.Pattern, id);
            using var answer = await admin.GetAsync(path);

            Assert.Equal((path, page.HasParameter ? HttpStatusCode.NotFound : HttpStatusCode.OK), (path, answer.StatusCode));
            Assert.Contains(
                page.HasParameter ? "There is no such page" : "<h1",
                await answer.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Page_WithAHostileQuery_GoesOnWithout()
    {
        const string hostile =
            "sort=%27&cursor=AAAA&pageSize=0&q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%27%22&status=nothing&from=yesterday&to=9999-99-99"
            + "&server=%5C&customer=x&website=-1&kind=%00&state=%27--&role=%25&days=-1&resolution=x&returnUrl=%2F%2Fevil.example&handler=%27";
        using var admin = await _panel.SignInWithRole("super_admin");
        foreach (var page in (await PanelRoutes.Pages(_panel)).Where(p => !p.HasParameter))
        foreach (var handler in (string[])["", .. page.Gets.Select(h => $"handler={h}&")])
        {
            var path = $"{page.Pattern}?{handler}{hostile}";
            using var answer = await admin.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync();

            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                continue;
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
            if (text.Contains("data-list-filter", StringComparison.Ordinal))
                Assert.Contains("so it was left out", text, StringComparison.Ordinal);
        }
    }

    private static string Path(PageRoute page) => PanelRoutes.With(page.Pattern, "1");

    private async Task<int> Audited(string action, string address)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<int>(
            "select count(*)::int from audit_entries where action = @action and remote_address = @address",
            new { action, address }
        );
    }
}
