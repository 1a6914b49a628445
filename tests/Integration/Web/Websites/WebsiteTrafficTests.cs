using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Websites;
using MPanel.Jobs.Websites;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Websites;

public sealed class WebsiteTrafficTests : IAsyncLifetime
{
    private PanelServer _panel = null!;
    private ProvisioningWorld _world = null!;
    private long _website;
    private long _server;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        _world = ProvisioningWorld.Of(_panel);
        _server = await _world.Server("traffic-1");
        _website = await _world.Website(await _world.Order("traffic.example"), _server);
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Traffic_OfAWebsite_IsSummedByDayAndMonth()
    {
        var other = await _world.Server("traffic-2");
        await Count(_server, daysAgo: 0, 1_234);
        await Count(other, daysAgo: 0, 1);
        await Count(_server, daysAgo: 29, 7);
        await Count(_server, daysAgo: 30, 9);
        using var client = await _panel.Client("websites.view");

        var traffic = await client.GetFromJsonAsync<JsonElement>($"/api/admin/websites/{_website}/traffic");

        Assert.Equal([1_235, 7], traffic.GetProperty("days").EnumerateArray().Select(d => d.GetProperty("requests").GetInt64()));
        Assert.Equal(1_235_000, traffic.GetProperty("days")[0].GetProperty("bytesOut").GetInt64());
        Assert.Equal(
            await _world.Scalar<long>(
                "select sum(requests)::bigint from website_traffic where day >= date_trunc('month', now() at time zone 'utc')"
            ),
            traffic.GetProperty("month").GetProperty("requests").GetInt64()
        );
        Assert.EndsWith("-01", traffic.GetProperty("month").GetProperty("from").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ForgetsWhatIsTooOld_AndNothingThatIsShown()
    {
        await Count(_server, daysAgo: ForgetTraffic.KeepDays, 5);
        await _world.Execute(
            """
            insert into website_traffic (website_id, server_id, day, requests, bytes_in, bytes_out)
            select @_website, @_server, (now() at time zone 'utc')::date - @KeepDays - n, 1, 1, 1 from generate_series(1, @rows) n
            """,
            new
            {
                _website,
                _server,
                ForgetTraffic.KeepDays,
                rows = TrafficJob.Batch + 5,
            }
        );
        await Count(_server, daysAgo: 0, 7);
        var job = new TrafficJob(_panel.DataSource);

        var (first, second) = (await job.Run(CancellationToken.None), await job.Run(CancellationToken.None));

        Assert.Equal(("10005 days of websites forgotten.", "0 days of websites forgotten."), (first, second));
        Assert.Equal(12, await _world.Scalar<long>("select sum(requests)::bigint from website_traffic"));
    }

    [Fact]
    public async Task Page_OfAWebsite_ShowsItsDaysAndTheMonth()
    {
        using var pages = await _panel.SignIn("websites.view");
        Assert.Contains("No traffic counted", await pages.GetStringAsync($"/websites/{_website}"), StringComparison.Ordinal);
        await Count(_server, daysAgo: 0, 1_234);

        var html = WebUtility.HtmlDecode(await pages.GetStringAsync($"/websites/{_website}"));

        Assert.Contains("<strong>1.2 MiB</strong> sent in 1,234 requests, 12.1 KiB received.", html, StringComparison.Ordinal);
        Assert.Contains($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}</td>", html, StringComparison.Ordinal);
        Assert.Contains($"s{_website}/logs/", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traffic_OfNoWebsite_Is404()
    {
        using var client = await _panel.Client("websites.view");

        using var answer = await client.GetAsync("/api/admin/websites/999999/traffic");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private Task Count(long server, int daysAgo, long requests) =>
        _world.Execute(
            """
            insert into website_traffic (website_id, server_id, day, requests, bytes_in, bytes_out)
            values (@_website, @server, (now() at time zone 'utc')::date - @daysAgo, @requests, @requests * 10, @requests * 1000)
            """,
            new
            {
                _website,
                server,
                daysAgo,
                requests,
            }
        );
}
