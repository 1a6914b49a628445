using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>Asks Stripe until it answers for good, within the bounds of <see cref="StripeOptions"/>.</summary>
internal static class StripeAttempts
{
    // A longer wait is the step's business: it keeps no worker and no lease.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // A provider that asks for more than this, or a header gone wrong, must not park an order for days.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <param name="ask">One request. Its token is cancelled when it has taken too long.</param>
    public static async Task<StripeAnswer> Run(
        Func<CancellationToken, Task<StripeAnswer>> ask,
        StripeOptions options,
        TimeProvider time,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        using var bound = new CancellationTokenSource(options.TotalTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var answer = await Attempt(ask, options, time, linked.Token, cancellationToken);
            if (attempt > options.Retries || !answer.MayRetry)
                return answer;
            var wait = answer.AskedToWait ?? Backoff(attempt);
            if (wait > LongestWait || time.GetElapsedTime(started) + wait >= options.TotalTimeout)
                return answer;
            log.AskingAgain(Describe(answer), attempt, wait.TotalMilliseconds);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>A wait that was asked for, within reason.</summary>
    public static TimeSpan? Reasonable(TimeSpan? asked) =>
        asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestAsked.Ticks)) : null;

    private static async Task<StripeAnswer> Attempt(
        Func<CancellationToken, Task<StripeAnswer>> ask,
        StripeOptions options,
        TimeProvider time,
        CancellationToken bound,
        CancellationToken caller
    )
    {
        using var timeout = new CancellationTokenSource(options.AttemptTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, bound);
        try
        {
            return await ask(linked.Token);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new StripeAnswer.NoResponse("stripe_timeout", "Stripe did not answer in time.");
        }
        catch (HttpRequestException e)
        {
            return new StripeAnswer.NoResponse("stripe_unreachable", $"Stripe could not be reached ({e.HttpRequestError}).");
        }
        catch (SocketException e)
        {
            // A connection that is reset the moment it stands comes out of HttpClient as the socket's own exception.
            return new StripeAnswer.NoResponse("stripe_unreachable", $"Stripe could not be reached ({e.SocketErrorCode}).");
        }
    }

    // Half of it is random, so that workers that failed together don't come back together.
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromMilliseconds(500 * Math.Min(attempt, 4) * (0.5 + Random.Shared.NextDouble() / 2));

    private static string Describe(StripeAnswer answer) =>
        answer switch
        {
            StripeAnswer.Response r => $"status {(int)r.Status}",
            StripeAnswer.NoResponse n => n.Code,
            _ => "",
        };
}
