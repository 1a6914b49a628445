using System.Diagnostics;

namespace MPanel.Web.Platform.Http;

/// <summary>The request's trace id (W3C, 32 hexadecimal digits) is its correlation id: on every log line, on every answer, in every chain it starts.</summary>
public sealed class Correlation(RequestDelegate next, ILogger<Correlation> log)
{
    public const string Header = "X-Correlation-Id";

    public async Task Invoke(HttpContext context)
    {
        // Hosting begins a span for each request, unless its log was silenced altogether.
        using var own = Activity.Current is null ? new Activity("request").Start() : null;
        var id = Activity.Current!.TraceId.ToHexString();
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        using (log.BeginScope(new Dictionary<string, object> { ["CorrelationId"] = id }))
            await next(context);
    }
}
