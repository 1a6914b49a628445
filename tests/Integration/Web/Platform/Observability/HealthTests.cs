using System.Net;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Platform.Observability;

[Collection(AlonePanel.Name)]
public sealed class HealthTests : IAsyncLifetime
{
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task Get_OnTheApiPort_AnswersToAnybody(string path)
    {
        using var client = await _panel.Client();

        using var answer = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Get_OfAnApiPathOnThePagesPort_Returns404()
    {
        using var client = new HttpClient { BaseAddress = _panel.PagesAddress };

        using var page = await client.GetAsync("/");
        using var api = await client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
    }

    [Fact]
    public async Task Ready_OnADatabaseThatLacksMigrations_Returns503()
    {
        var empty = await (await PostgresCluster.Shared).CreateEmptyDatabase();
        await using var panel = await PanelServer.Start(empty);
        using var client = await panel.Client();

        using var answer = await client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("0001_access", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterARequest_CountItWithItsRouteAndStatus()
    {
        using var client = await _panel.Client("plans:read");
        using var plans = await client.GetAsync("/api/public/plans");

        var metrics = await client.GetStringAsync("/metrics");

        Assert.Contains(
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/api/public/plans\"",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("# TYPE mpanel_jobs_queue_lag_seconds gauge", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusPage_WithASimulatorForStripe_SaysThatNoRealMoneyMoves()
    {
        using var client = new HttpClient { BaseAddress = _panel.PagesAddress };

        Assert.Contains("no real money moves", await client.GetStringAsync("/status"), StringComparison.Ordinal);
    }
}
