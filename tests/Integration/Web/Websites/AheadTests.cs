using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MPanel.Database.Provisioning;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Websites;

/// <summary>A website of which its server has something later, on its page and in the API.</summary>
public sealed class AheadTests : IAsyncLifetime
{
    private const string Hash = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private PanelServer _panel = null!;
    private ProvisioningWorld _world = null!;
    private long _site;
    private long _server;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        _world = ProvisioningWorld.Of(_panel);
        _server = await _world.Server("ahead-1");
        _site = await _world.Website(await _world.Order("ahead.example"), _server, status: "active");
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await BringWebsite.Run(transaction, _site, new WebsiteErrand("system", "corr"));
        await transaction.CommitAsync();
        await _world.Execute(
            "update placements set condition = 'ahead', condition_code = 'node_ahead', condition_text = 'Later.' where subject_id = @_site",
            new { _site }
        );
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Page_BeforeTheServerHasSaidAnything_OffersThePanelsOnly()
    {
        using var pages = await _panel.SignIn("websites.view", "websites.manage");

        var html = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_site}"));

        Assert.Contains("ahead-1 has not said yet what it has.", html, StringComparison.Ordinal);
        Assert.Contains("Take this panel's", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<button class=\"btn\" type=\"submit\">Take the server's", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ShowsBothSideBySide_AndItsButtonTakesTheServers()
    {
        await Says(spec => spec["names"]!.AsArray().Add(new JsonObject { ["name"] = "later.example", ["role"] = "alias" }));
        using var viewer = await _panel.SignIn("websites.view");
        using var pages = await _panel.SignIn("websites.view", "websites.manage");
        var seen = WebUtility.HtmlDecode(await viewer.GetStringAsync($"/websites/{_site}"));
        var html = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_site}"));

        using var taken = await pages.PostForm($"/websites/{_site}?handler=Adopt", [new("hash", Hash)]);
        var after = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_site}"));

        Assert.Matches("(?s)<th scope=\"row\">Other names</th>\\s*<td[^>]*>none</td>\\s*<td[^>]*>later.example</td>.{0,100}differs", seen);
        Assert.DoesNotContain("Take the server's</button>", seen, StringComparison.Ordinal);
        Assert.Contains("Take the server's</button>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Two states of it", after, StringComparison.Ordinal);
        Assert.Contains("What ahead-1 has of ahead.example counts from now on, as revision 10.", after, StringComparison.Ordinal);
        Assert.Contains("later.example", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithWhatAnAgentMadeUp_ShowsItAsText()
    {
        await Says(spec =>
        {
            spec["names"]!.AsArray().Add(new JsonObject { ["name"] = "<script>alert(1)</script>", ["role"] = "alias" });
            spec["php"] = new JsonObject { ["version"] = "<b>9</b>\u202e", ["ini"] = new JsonObject() };
        });
        using var pages = await _panel.SignIn("websites.view", "websites.manage");

        var html = await pages.GetStringAsync($"/websites/{_site}");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert(1)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("&#x202E;", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>9</b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_CompareAndTake_AndNotForViewers()
    {
        using var viewer = await _panel.Client("websites.view");
        using var admin = await _panel.Client("websites.view", "websites.manage");
        var silent = await viewer.GetFromJsonAsync<JsonElement>($"/api/admin/websites/{_site}/ahead");
        await Says(spec => spec["state"] = "active");

        var both = await viewer.GetFromJsonAsync<JsonElement>($"/api/admin/websites/{_site}/ahead");
        using var refused = await viewer.PostAsJsonAsync($"/api/admin/websites/{_site}/adopt", new { hash = Hash });
        using var missing = await admin.PostAsJsonAsync("/api/admin/websites/999999/adopt", new { hash = Hash });
        using var other = await admin.PostAsJsonAsync($"/api/admin/websites/{_site}/adopt", new { hash = new string('0', 64) });
        using var taken = await admin.PostAsJsonAsync($"/api/admin/websites/{_site}/adopt", new { hash = Hash });
        using var again = await admin.PostAsJsonAsync($"/api/admin/websites/{_site}/adopt", new { hash = Hash });
        using var over = await viewer.GetAsync($"/api/admin/websites/{_site}/ahead");

        Assert.Equal((JsonValueKind.Null, "not_said"), (silent.GetProperty("kept").ValueKind, silent.GetProperty("hinders").GetString()));
        Assert.Equal(
            (1, 9, Hash, JsonValueKind.Null),
            (
                both.GetProperty("panel").GetProperty("revision").GetInt32(),
                both.GetProperty("kept").GetProperty("spec").GetProperty("revision").GetInt32(),
                both.GetProperty("kept").GetProperty("hash").GetString(),
                both.GetProperty("hinders").ValueKind
            )
        );
        Assert.Equal(
            (403, 404, 409, 200, 409, 409),
            (
                (int)refused.StatusCode,
                (int)missing.StatusCode,
                (int)other.StatusCode,
                (int)taken.StatusCode,
                (int)again.StatusCode,
                (int)over.StatusCode
            )
        );
    }

    private async Task Says(Action<JsonNode> change)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var spec = JsonNode.Parse((await KeptSpec.Wanted(db, _site))!)!;
        spec["revision"] = 9;
        change(spec);
        Assert.Equal(1, await KeptSpec.Receive(db, _server, new SaidSpecs([_site], [9], [Hash], [spec.ToJsonString()])));
    }
}
