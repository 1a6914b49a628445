using System.Diagnostics;

namespace MPanel.Jobs.Engine;

/// <summary>An attempt as a span of the trace that its work began in: the correlation id is the trace id.</summary>
public static class StepSpan
{
    /// <summary>The name that telemetry listens to.</summary>
    public const string Source = "MPanel.Jobs";

    private static readonly ActivitySource Spans = new(Source);

    /// <returns>Null when nobody listens.</returns>
    internal static Activity? Start(string step, string correlationId) =>
        Spans.StartActivity(step, ActivityKind.Consumer, ParentOf(correlationId) ?? default);

    /// <returns>A parent in the trace of this id, itself unknown; null for an id that is no trace id.</returns>
    public static ActivityContext? ParentOf(string? correlationId) =>
        ActivityContext.TryParse($"00-{correlationId}-{ActivitySpanId.CreateRandom()}-01", null, isRemote: true, out var parent)
        && parent.TraceId.ToHexString() == correlationId
            ? parent
            : null;
}
