using System.Collections.Concurrent;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Keeps what a request threw, by the name it has in the header <see cref="Header"/>, so that a finding says why.</summary>
public sealed class ExceptionTap : IExceptionHandler
{
    public const string Header = "X-Attack";

    private readonly ConcurrentDictionary<string, Exception> _thrown = new();

    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException && httpContext.Request.Headers[Header].ToString() is { Length: > 0 } name)
            _thrown[name] = exception;
        return ValueTask.FromResult(false);
    }

    public Exception? Take(string name) => _thrown.TryRemove(name, out var exception) ? exception : null;

    /// <summary>
    /// The statement came to the database with a value that it can't have. That is no rule to rely on: Npgsql, when it was just preparing
    /// the statement, takes it for prepared from then on, and fails whoever is next on that connection.
    /// </summary>
    public static bool IsOfAValue(Exception? exception) => exception is PostgresException { SqlState: ['2', '2', ..] };
}
