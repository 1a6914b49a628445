using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace MPanel.Web.Api;

/// <summary>Turns exceptions into answers: the client's mistakes to 4xx, an unreachable database to 503, the rest to 500 without detail.</summary>
public sealed partial class ProblemExceptions(ILogger<ProblemExceptions> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        var (status, code, title) = Classify(exception);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            DatabaseUnavailable(exception, code);
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (status >= 500)
            Unhandled(exception, httpContext.Request.Method, httpContext.Request.Path);
        await Problems.Write(httpContext, status, code, title);
        return true;
    }

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
