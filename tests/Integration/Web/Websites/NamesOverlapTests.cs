using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Websites;

public sealed class NamesOverlapTests : IAsyncLifetime
{
    private PanelServer _panel = null!;
    private ProvisioningWorld _world = null!;
    private long _apex;
    private long _www;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        _world = ProvisioningWorld.Of(_panel);
        var server = await _world.Server("overlap-1");
        _apex = await _world.Website(await _world.Order("overlap.example"), server, status: "active");
        _www = await _world.Website(await _world.Order("www.overlap.example"), server, status: "active");
        await _world.Execute(
            "update websites set customer_id = (select customer_id from websites where id = @_apex) where id = @_www",
            new { _apex, _www }
        );
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Attention_NamesThePair_AndItsButtonMergesIt()
    {
        using var pages = await _panel.SignIn("websites.view", "websites.manage");
        var list = WebUtility.HtmlDecode(await pages.GetStringAsync("/attention"));
        var site = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_www}"));

        using var merged = await pages.PostForm($"/attention?handler=MergeNames&only={_apex}");
        var after = WebUtility.HtmlDecode(await pages.GetStringAsync("/attention"));

        Assert.Contains("overlap.example and www.overlap.example are two websites", list, StringComparison.Ordinal);
        Assert.Contains("The files of overlap.example stay.", list, StringComparison.Ordinal);
        Assert.Contains("the files of overlap.example stay, on overlap-1", site, StringComparison.Ordinal);
        Assert.Contains("www.overlap.example is a name of overlap.example", after, StringComparison.Ordinal);
        Assert.DoesNotContain("two websites", after, StringComparison.Ordinal);
        Assert.Equal(
            $"{_apex} alias",
            await _world.Scalar<string>("select website_id || ' ' || role from hostnames where name = 'www.overlap.example'")
        );
    }

    [Fact]
    public async Task Routes_PreviewAndMerge_AndNotForViewers()
    {
        using var viewer = await _panel.Client("websites.view");
        using var admin = await _panel.Client("websites.view", "websites.manage");
        var route = $"/api/admin/websites/{_apex}/merge-names";

        var preview = await viewer.GetFromJsonAsync<JsonElement>(route);
        using var refused = await viewer.PostAsync(route, null);
        using var none = await admin.GetAsync("/api/admin/websites/999999/merge-names");
        using var merged = await admin.PostAsync(route, null);
        using var again = await admin.PostAsync(route, null);
        var seen = (await viewer.GetFromJsonAsync<JsonElement>("/api/admin/attention")).GetProperty("counts");

        Assert.Equal(("overlap.example", _www), (preview.GetProperty("kept").GetString(), preview.GetProperty("mergedId").GetInt64()));
        Assert.Equal((403, 404, 200, 409), ((int)refused.StatusCode, (int)none.StatusCode, (int)merged.StatusCode, (int)again.StatusCode));
        Assert.Equal(0, seen.GetProperty("websites").GetInt64());
    }
}
