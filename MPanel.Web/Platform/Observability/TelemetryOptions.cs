using MPanel.Settings;

namespace MPanel.Web.Platform.Observability;

/// <summary>Section <c>Telemetry</c>.</summary>
public sealed record TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>Where traces and metrics are sent, by OTLP over HTTP. Null: nothing is sent.</summary>
    [BaseUrl]
    public string? OtlpEndpoint { get; init; }
}
