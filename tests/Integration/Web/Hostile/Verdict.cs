using System.Text.Json;
using System.Text.RegularExpressions;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>What an answer to an attack may be, and what it may not show.</summary>
public static partial class Verdict
{
    /// <param name="documented">The statuses that are right here.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Of(int status, string body, string? contentType, IReadOnlySet<int> documented, bool isApi)
    {
        if (status >= 500 && status is not (501 or 503))
            return "a failure of ours";
        if (!documented.Contains(status))
            return $"not one of {string.Join(' ', documented.Order())}";
        if (Leak().Match(body) is { Success: true } leak)
            return $"shows '{leak.Value}'";
        return isApi && status >= 400 && status != 501 ? Problem(body, contentType) : null;
    }

    private static string? Problem(string body, string? contentType)
    {
        if (contentType?.StartsWith("application/problem+json", StringComparison.Ordinal) != true)
            return $"an error that is {contentType ?? "of no type"}";
        var problem = JsonDocument.Parse(body).RootElement;
        return problem.TryGetProperty("code", out var code) && code.GetString() is { Length: > 0 } text && text != "internal_error"
            ? problem.TryGetProperty("correlationId", out _)
                ? null
                : "a problem without a correlationId"
            : "a problem without a code of its own";
    }

    /// <summary>Stack traces, names of exceptions, SQL and the driver's words.</summary>
    [GeneratedRegex(
        @"\bat [\w.`<>]+\([^)]*\)( in |\s)|\w+Exception\b|\bNpgsql|\bSQLSTATE|\b\d{2}[0-9A-Z]{3}: |(?i:select .{1,80} from \w+ where|insert into \w+ ?\()|\.cs:line|System\.\w+\.\w+"
    )]
    private static partial Regex Leak();
}
