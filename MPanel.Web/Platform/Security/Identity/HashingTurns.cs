using System.Threading.RateLimiting;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>
/// Turns at hashing passwords: half the processors at once, whoever asks and from however many networks, so that a flood of logins leaves
/// the other half to orders. A few wait their turn; whoever comes then is sent away at once.
/// </summary>
public sealed class HashingTurns : IDisposable
{
    /// <summary>Seconds after which it is worth another try.</summary>
    public const int RetryAfter = 5;

    /// <summary>About two seconds' worth.</summary>
    private const int WaitingForEach = 32;

    private readonly ConcurrencyLimiter _turns;

    public HashingTurns()
    {
        var atOnce = Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions
            {
                PermitLimit = atOnce,
                QueueLimit = atOnce * WaitingForEach,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        );
    }

    /// <summary>Nobody waits while holding a connection to the database.</summary>
    /// <returns>Not acquired where too many wait already. Disposing it ends the turn.</returns>
    public ValueTask<RateLimitLease> Take(HttpContext context) => _turns.AcquireAsync(1, context.RequestAborted);

    public void Dispose() => _turns.Dispose();
}
