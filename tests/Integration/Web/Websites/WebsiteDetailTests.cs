using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Websites;

public sealed class WebsiteDetailTests : IAsyncLifetime
{
    private PanelServer _panel = null!;
    private ProvisioningWorld _world = null!;
    private long _website;
    private long _task;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        _world = ProvisioningWorld.Of(_panel);
        await _world.Execute(Transitions.Free);
        var server = await _world.Server("detail-1");
        var order = await _world.Order("xn--bcher-kva.example");
        _website = await _world.Website(order, server);
        _task = await _world.Task(order, server, websiteId: _website);
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Page_ShowsItsTasksDomainAndBothSpellings()
    {
        using var pages = await _panel.SignIn("websites.view", "provisioning.view", "subscriptions.view");

        var html = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_website}"));

        Assert.Contains($"/provisioning/tasks/{_task}", html, StringComparison.Ordinal);
        Assert.Contains(
            $"/domains/{await _world.Scalar<long>("select id from domains where name = 'xn--bcher-kva.example'")}",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains("bücher.example", html, StringComparison.Ordinal);
        Assert.Contains("(xn--bcher-kva.example)", html, StringComparison.Ordinal);
        Assert.Contains("/subscriptions/", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ShowsWhatHappened_TheNewestFirstAndNoMoreThanFifty()
    {
        await _world.Execute(
            """
            insert into timeline (subject_kind, subject_id, at, step, outcome, message, actor, correlation_id)
            select 'website', @_website, now(), 'website', 'done', 'line ' || n || ' <b>', 'ann', 'c' from generate_series(1, 51) n;

            insert into timeline (subject_kind, subject_id, at, step, outcome, message, actor, correlation_id)
            values ('website', @_website + 1, now(), 'website', 'done', 'line of another', 'ann', 'c')
            """,
            new { _website }
        );
        using var pages = await _panel.SignIn("websites.view");

        var html = await pages.GetStringAsync($"/websites/{_website}");

        Assert.True(
            html.IndexOf("line 51 &lt;b&gt;", StringComparison.Ordinal) < html.IndexOf("line 50 &lt;b&gt;", StringComparison.Ordinal)
        );
        Assert.Contains("line 2 &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("line 1 &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("line of another", html, StringComparison.Ordinal);
        Assert.Contains("The newest 50", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutFurtherPermissions_ShowsNeitherTasksNorSubscriptions()
    {
        using var pages = await _panel.SignIn("websites.view");

        var html = await pages.GetStringAsync($"/websites/{_website}");

        Assert.DoesNotContain("/provisioning/tasks/", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/subscriptions/", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detail_AfterASuccess_SaysWhenItAnswered()
    {
        using var client = await _panel.Client("websites.view");
        Assert.Equal(JsonValueKind.Null, (await Detail(client)).GetProperty("answeredAt").ValueKind);
        await _world.Execute(
            "update provisioning_tasks set status = 'success', finished_at = '2026-05-05 05:05:05+00' where id = @_task",
            new { _task }
        );

        Assert.Equal(
            new DateTimeOffset(2026, 5, 5, 5, 5, 5, TimeSpan.Zero),
            (await Detail(client)).GetProperty("answeredAt").GetDateTimeOffset()
        );
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("9223372036854775808")]
    [InlineData("abc")]
    public async Task OfNoWebsite_PageAndRouteAnswer404(string id)
    {
        using var client = await _panel.Client("websites.view");
        using var pages = await _panel.SignIn("websites.view");

        using var route = await client.GetAsync($"/api/admin/websites/{id}");
        using var page = await pages.GetAsync($"/websites/{id}");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (route.StatusCode, page.StatusCode));
    }

    private async Task<JsonElement> Detail(HttpClient client) =>
        await client.GetFromJsonAsync<JsonElement>($"/api/admin/websites/{_website}");
}
