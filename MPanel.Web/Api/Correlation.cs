using System.Text.RegularExpressions;

namespace MPanel.Web.Api;

/// <summary>Gives every request an id, the caller's own if it sent a sane one: on every log line, on every answer, in every chain it starts.</summary>
public sealed partial class Correlation(RequestDelegate next, ILogger<Correlation> log)
{
    public const string Header = "X-Correlation-Id";

    public async Task Invoke(HttpContext context)
    {
        var sent = context.Request.Headers[Header].ToString();
        var id = Sane().IsMatch(sent) ? sent : Guid.CreateVersion7().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        using (log.BeginScope(new Dictionary<string, object> { ["CorrelationId"] = id }))
            await next(context);
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{8,64}$")]
    private static partial Regex Sane();
}
