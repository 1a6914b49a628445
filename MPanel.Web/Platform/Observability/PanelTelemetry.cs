using System.Diagnostics;
using System.Diagnostics.Metrics;
using MPanel.Jobs.Engine;
using MPanel.Settings;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MPanel.Web.Platform.Observability;

/// <summary>Metrics for whoever reads <c>/metrics</c>; with <see cref="TelemetryOptions.OtlpEndpoint"/> they are sent there as well, and traces.</summary>
public static class PanelTelemetry
{
    private const string RequestDuration = "http.server.request.duration";
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    public static void AddPanelTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<TelemetryOptions>(TelemetryOptions.Section);
        services.AddSingleton<MetricsText>();
        // Last of its kind: hosting asks this one which trace a request belongs to.
        services.AddSingleton<DistributedContextPropagator, CallersTrace>();
        var collector = Collector(configuration);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(r => r.AddService("mpanel"));
        telemetry.WithMetrics(metrics =>
        {
            metrics
                .AddMeter("MPanel.*", "Microsoft.AspNetCore.Hosting")
                .AddView(Stream)
                .AddPrometheusExporter(o =>
                {
                    // Alarms name metrics by the labels they have; what was measured where would be one label more.
                    o.ScopeInfoEnabled = false;
                    o.TargetInfoEnabled = false;
                });
            if (collector is not null)
                metrics.AddOtlpExporter(o => SendTo(o, collector, "v1/metrics"));
        });
        if (collector is null)
            return;
        // The framework knows method, route and status of its spans, and keeps them to itself unless told otherwise.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        telemetry.WithTracing(traces =>
            traces
                .AddSource("Microsoft.AspNetCore", StepSpan.Source)
                .AddNpgsql()
                // Nobody outside decides what is recorded here.
                .SetSampler(new ParentBasedSampler(new WorkSampler(), remoteParentNotSampled: new AlwaysOnSampler()))
                .AddOtlpExporter(o => SendTo(o, collector, "v1/traces"))
        );
    }

    private static MetricStreamConfiguration? Stream(Instrument instrument) =>
        instrument.Meter.Name == "Microsoft.AspNetCore.Hosting" && instrument.Name != RequestDuration ? MetricStreamConfiguration.Drop
        : instrument is Histogram<double> ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds }
        : null;

    // A wrong address is told by the check at start.
    private static Uri? Collector(IConfiguration configuration) =>
        configuration[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.OtlpEndpoint)}"] is { Length: > 0 } address
        && new BaseUrlAttribute().IsValid(address)
            ? new Uri(address.TrimEnd('/') + "/")
            : null;

    private static void SendTo(OtlpExporterOptions options, Uri collector, string path) =>
        (options.Protocol, options.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(collector, path));

    /// <summary>Requests and steps with all their statements; not the statements of what looks for work every second.</summary>
    private sealed class WorkSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
