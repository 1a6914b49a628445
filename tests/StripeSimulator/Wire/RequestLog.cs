using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Failures;

namespace MPanel.StripeSimulator.Wire;

/// <summary>One call below /v1, for assertions. The key itself is not kept, only its masked form and mode.</summary>
/// <param name="Connection">The same for calls that came over the same connection.</param>
public sealed record LoggedRequest(
    string RequestId,
    DateTimeOffset At,
    string Method,
    string Path,
    string? StripeVersion,
    string? IdempotencyKey,
    string Authorization,
    bool? Livemode,
    string Connection,
    IReadOnlyDictionary<string, string> Parameters
)
{
    /// <summary>What went wrong on purpose, or null.</summary>
    [JsonInclude]
    public string? Failure { get; internal set; }

    /// <summary>Null while under way, or when the connection was broken.</summary>
    [JsonInclude]
    public int? Status { get; internal set; }
}

/// <summary>The last calls, oldest first.</summary>
internal sealed class RequestLog(TimeProvider time)
{
    private const int Kept = 10_000;
    private readonly ConcurrentQueue<LoggedRequest> _requests = new();

    public IReadOnlyList<LoggedRequest> All => [.. _requests];

    public LoggedRequest Add(string requestId, HttpRequest request, Form form, bool? liveMode)
    {
        var header = request.Headers.Authorization.ToString().Split(' ', 2);
        var entry = new LoggedRequest(
            requestId,
            time.GetUtcNow(),
            request.Method,
            request.Path,
            request.Headers["Stripe-Version"],
            request.Headers["Idempotency-Key"],
            header is [var scheme, var key] ? $"{scheme} {ApiKey.Mask(key)}" : "",
            liveMode,
            request.HttpContext.Connection.Id,
            form.Values.ToDictionary(v => v.Key, v => v.Value.ToString())
        );
        _requests.Enqueue(entry);
        while (_requests.Count > Kept)
            _requests.TryDequeue(out _);
        return entry;
    }

    public static void Failed(LoggedRequest entry, FailureKind kind) => entry.Failure = kind.ToString();

    public static Task Answered(LoggedRequest entry, HttpResponse response)
    {
        if (response.HasStarted)
            entry.Status = response.StatusCode;
        return Task.CompletedTask;
    }

    public void Clear() => _requests.Clear();
}
