using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>Sends one GET to Stripe until it answers for good, within the bounds of <see cref="StripeOptions"/>.</summary>
public sealed class StripeRequests(HttpClient http, IOptions<StripeOptions> options, TimeProvider time, ILogger<StripeRequests> log)
{
    // A longer wait is the step's business: it keeps no worker and no lease.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // A provider that asks for more than this, or a header gone wrong, must not park an order for days.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <param name="path">Relative to the base address, already escaped.</param>
    internal async Task<StripeAnswer> Get(string path, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var bound = new CancellationTokenSource(options.Value.TotalTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var answer = await Attempt(path, linked.Token, cancellationToken);
            if (attempt > options.Value.Retries || !answer.MayRetry)
                return answer;
            var wait = answer.AskedToWait ?? Backoff(attempt);
            if (wait > LongestWait || time.GetElapsedTime(started) + wait >= options.Value.TotalTimeout)
                return answer;
            log.AskingAgain(Describe(answer), attempt, wait.TotalMilliseconds);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task<StripeAnswer> Attempt(string path, CancellationToken bound, CancellationToken caller)
    {
        using var timeout = new CancellationTokenSource(options.Value.AttemptTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, bound);
        try
        {
            using var response = await http.GetAsync(path, linked.Token);
            return new StripeAnswer.Response(
                response.StatusCode,
                await response.Content.ReadAsByteArrayAsync(linked.Token),
                ShouldRetry(response),
                RetryAfter(response),
                response.Headers.TryGetValues("Request-Id", out var ids) ? ids.FirstOrDefault() : null
            );
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new StripeAnswer.NoResponse("stripe_timeout", "Stripe did not answer in time.");
        }
        catch (HttpRequestException e)
        {
            return new StripeAnswer.NoResponse("stripe_unreachable", $"Stripe could not be reached ({e.HttpRequestError}).");
        }
    }

    private static bool? ShouldRetry(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Stripe-Should-Retry", out var values) && bool.TryParse(values.FirstOrDefault(), out var value)
            ? value
            : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? (asked?.Date - time.GetUtcNow());
        return wait is null ? null : TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, LongestAsked.Ticks));
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
