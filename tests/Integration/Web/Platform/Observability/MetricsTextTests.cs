using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Platform.Observability;

/// <summary>Operators' alarms name metrics, labels and buckets. What is listed here does not change unannounced.</summary>
[Collection(AlonePanel.Name)]
public sealed partial class MetricsTextTests : IAsyncLifetime
{
    private const string Order = """{kind="order.payment"}""";
    private const string Lookup = """{outcome="stripe_unreachable"}""";

    private const string Plans =
        """{http_request_method="GET",http_response_status_code="200",http_route="/api/public/plans",network_protocol_version="1.1",url_scheme="http"}""";

    private static readonly string[] Types =
    [
        "http_server_request_duration_seconds histogram",
        "mpanel_jobs_queue_lag_seconds gauge",
        "mpanel_jobs_queue_steps gauge",
        "mpanel_jobs_step_duration_seconds histogram",
        "mpanel_jobs_steps_total counter",
        "mpanel_payments_lookup_duration_seconds histogram",
        "mpanel_provisioning_claims_total counter",
        "mpanel_provisioning_completions_total counter",
        "mpanel_provisioning_tasks gauge",
        "mpanel_provisioning_unplaced gauge",
        "mpanel_provisioning_waiting_oldest_seconds gauge",
    ];

    private static readonly string[] Series =
    [
        .. Histogram("http_server_request_duration_seconds", Plans),
        "mpanel_jobs_queue_lag_seconds",
        """mpanel_jobs_queue_steps{state="due"}""",
        """mpanel_jobs_queue_steps{state="given_up"}""",
        """mpanel_jobs_queue_steps{state="review"}""",
        """mpanel_jobs_queue_steps{state="running"}""",
        """mpanel_jobs_queue_steps{state="scheduled"}""",
        .. Histogram("mpanel_jobs_step_duration_seconds", Order),
        """mpanel_jobs_steps_total{kind="order.payment",outcome="retry"}""",
        .. Histogram("mpanel_payments_lookup_duration_seconds", Lookup),
        """mpanel_provisioning_claims_total{type="hosting"}""",
        """mpanel_provisioning_completions_total{outcome="success",type="hosting"}""",
        """mpanel_provisioning_tasks{status="failed"}""",
        """mpanel_provisioning_tasks{status="in_progress"}""",
        """mpanel_provisioning_tasks{status="pending"}""",
        "mpanel_provisioning_unplaced",
        "mpanel_provisioning_waiting_oldest_seconds",
    ];

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Metrics_AfterAnOrder_HaveTheNamesTypesAndLabelsThatAlarmsName()
    {
        var text = await AfterAnOrder();

        Assert.Equal(Types, TypeLine().Matches(text).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Equal(
            Series.Order(StringComparer.Ordinal),
            SeriesLine().Matches(text).Select(m => Sorted(m.Groups[1].Value)).Where(IsOurs).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Metrics_OfWhatHappenedBeforeTheFirstReading_Count()
    {
        _panel.Services.GetRequiredService<ProvisioningMetrics>().Claimed("counted-early");
        using var client = await _panel.Client();

        Assert.Contains(
            """mpanel_provisioning_claims_total{type="counted-early"} 1""",
            await client.GetStringAsync("/metrics"),
            StringComparison.Ordinal
        );
    }

    /// <summary>OpenMetrics would name the buckets otherwise.</summary>
    [Fact]
    public async Task Metrics_ForAReaderOfOpenMetrics_AreTheSameText()
    {
        using var client = await _panel.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));

        using var answer = await client.SendAsync(request);

        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(answer.Content.Headers.ContentType!.Parameters, p => p is { Name: "version", Value: "0.0.4" });
        Assert.DoesNotContain("# EOF", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> AfterAnOrder()
    {
        using var client = await _panel.Client("plans:read");
        using var plans = await client.GetAsync("/api/public/plans");
        var tasks = _panel.Services.GetRequiredService<ProvisioningMetrics>();
        tasks.Claimed("hosting");
        tasks.Ended("hosting", "success");
        var desk = await OrderDesk.Open(_panel);
        await desk.Place(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));
        var text = "";
        await Wait.Until(
            async () =>
                (text = await client.GetStringAsync("/metrics")).Contains("mpanel_jobs_steps_total{", StringComparison.Ordinal)
                && text.Contains("mpanel_provisioning_tasks{", StringComparison.Ordinal),
            "the order's first step and a count of the tasks"
        );
        return text;
    }

    private static IEnumerable<string> Histogram(string name, string labels) =>
        new[] { "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "+Inf" }
            .Select(bound => Sorted($"{name}_bucket{labels[..^1]},le=\"{bound}\"}}"))
            .Concat([name + "_sum" + labels, name + "_count" + labels]);

    // Other routes are asked as well, and other panels of this process may run other steps.
    private static bool IsOurs(string series) =>
        series.StartsWith("http_server", StringComparison.Ordinal) ? series.Contains("/api/public/plans", StringComparison.Ordinal)
        : series.Contains("kind=", StringComparison.Ordinal) ? series.Contains("order.payment", StringComparison.Ordinal)
        : !series.Contains("counted-early", StringComparison.Ordinal);

    private static string Sorted(string series)
    {
        var labels = LabelPair().Matches(series).Select(m => m.Value).Order(StringComparer.Ordinal).ToList();
        var name = series.Split('{')[0];
        // No labels may be written as an empty pair of braces as well.
        return labels.Count > 0 ? $"{name}{{{string.Join(',', labels)}}}" : name;
    }

    [GeneratedRegex("^# TYPE (.+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex("^([a-z]\\S*?(?:{.*})?) \\S+$", RegexOptions.Multiline)]
    private static partial Regex SeriesLine();

    [GeneratedRegex("[a-z_]+=\"[^\"]*\"")]
    private static partial Regex LabelPair();
}
