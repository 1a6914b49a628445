using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using MPanel.Web.Platform.Http;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api;

/// <summary>Turns exceptions into answers: the client's mistakes to 4xx, an unreachable database to 503, the rest to 500 without detail.</summary>
public sealed partial class ProblemExceptions(
    ILogger<ProblemExceptions> log,
    ListeningPorts ports,
    AccessDenials denials,
    NpgsqlDataSource dataSource
) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        // A statement that is refused for its values just when Npgsql prepares it counts as prepared from then on, without the columns of its
        // answer: whoever ran it next on that connection would fail. Such values are refused earlier; for what was overlooked, new connections.
        if (exception is PostgresException { SqlState: ['2', '2', ..] })
            dataSource.Clear();
        var (status, code, title) = Classify(exception);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            DatabaseUnavailable(exception, code);
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (status >= 500)
            Unhandled(exception, httpContext.Request.Method, httpContext.Request.Path);
        if (httpContext.Connection.LocalPort == ports.Pages)
        {
            // The error page shows it.
            httpContext.Response.StatusCode = status;
            return false;
        }
        if (UnknownField(exception) is { } field)
            await denials.Forged(httpContext, $"unknown_field {(field.Length > 60 ? field[..60] : field)}");
        await Problems.Write(httpContext, status, code, title);
        return true;
    }

    /// <summary>
    /// A field that the route does not take, such as one that only the panel sets; null for any other mistake. The serializer tells them
    /// apart in its message only.
    /// </summary>
    private static string? UnknownField(Exception exception) =>
        exception is BadHttpRequestException { InnerException: JsonException { Path: { } path } json }
        && json.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? path
            : null;

    private static (int Status, string Code, string Title) Classify(Exception exception) =>
        exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => (400, "malformed_json", MalformedJson(json)),
            BadHttpRequestException { StatusCode: 413 } => (413, "body_too_large", "The body is larger than this route accepts."),
            BadHttpRequestException { StatusCode: 408 } => (408, "request_timeout", "The body came too slowly."),
            BadHttpRequestException { StatusCode: 415 } => (415, "unsupported_media_type", "This route takes application/json."),
            BadHttpRequestException e => (e.StatusCode, Problems.DefaultCode(e.StatusCode), "The request is malformed."),
            PostgresException { SqlState: ['5', '3', ..] or ['5', '7', ..] } => Unavailable,
            PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } => (
                503,
                "busy",
                "Somebody else is changing the same thing. Try again."
            ),
            // A NUL, or half a surrogate pair, where no rule looked for it.
            PostgresException { SqlState: "22021" or "22P05" } => (
                400,
                "malformed_request",
                "The request has characters that can't be stored."
            ),
            PostgresException => (500, "internal_error", "Something went wrong on our side."),
            NpgsqlException => Unavailable,
            TimeoutException => Unavailable,
            _ => (500, "internal_error", "Something went wrong on our side."),
        };

    private static (int, string, string) Unavailable => (503, "database_unavailable", "The database can't be reached. Try again.");

    private static string MalformedJson(JsonException e) =>
        e.Path is { Length: > 0 } path ? $"The body is not the expected JSON, at {path}." : "The body is not JSON.";

    [LoggerMessage(EventId = 100, Level = LogLevel.Error, Message = "Unhandled exception in {Method} {Path}")]
    private partial void Unhandled(Exception exception, string method, PathString path);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "The database can't serve this now: {Code}")]
    private partial void DatabaseUnavailable(Exception exception, string code);
}
