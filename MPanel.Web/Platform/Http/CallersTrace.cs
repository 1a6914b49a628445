using System.Diagnostics;
using MPanel.Jobs.Engine;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// Which trace a request belongs to: that of its <c>X-Correlation-Id</c>, which an agent sends with an order's work, else that of its
/// <c>traceparent</c>; a new one where neither is a trace id. State and baggage of the caller are not taken over.
/// </summary>
public sealed class CallersTrace : DistributedContextPropagator
{
    private const string TraceParent = "traceparent";

    public override IReadOnlyCollection<string> Fields => [Correlation.Header, TraceParent];

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        traceState = null;
        traceId = null;
        if (getter is null)
            return;
        getter(carrier, Correlation.Header, out var correlation, out _);
        getter(carrier, TraceParent, out var parent, out _);
        if (!ActivityContext.TryParse(parent, null, isRemote: true, out var sent))
            parent = null;
        // Both, and of one trace: the span that the caller names is the nearer parent.
        traceId =
            StepSpan.ParentOf(correlation) is { } named && named.TraceId != sent.TraceId ? $"00-{named.TraceId}-{named.SpanId}-01" : parent;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;

    /// <summary>Of requests that come in nothing is sent on.</summary>
    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) { }
}
