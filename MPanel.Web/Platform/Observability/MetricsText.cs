namespace MPanel.Web.Platform.Observability;

/// <summary>
/// Writes the metrics of this process as Prometheus text. Always as text, format 0.0.4, also for a reader that would take OpenMetrics:
/// there buckets have other bounds (<c>le="1.0"</c> instead of <c>le="1"</c>), and alarms name them.
/// </summary>
public sealed class MetricsText(IServiceProvider services)
{
    private readonly RequestDelegate _exporter = new ApplicationBuilder(services)
        .UseOpenTelemetryPrometheusScrapingEndpoint(_ => true)
        .Build();

    public Task Write(HttpContext context)
    {
        context.Request.Headers.Accept = "text/plain;version=0.0.4";
        return _exporter(context);
    }
}
