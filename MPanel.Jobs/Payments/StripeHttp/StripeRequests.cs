using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>Sends one GET to Stripe until it answers for good.</summary>
public sealed class StripeRequests(HttpClient http, IOptions<StripeOptions> options, TimeProvider time, ILogger<StripeRequests> log)
{
    /// <param name="path">Relative to the base address, already escaped.</param>
    internal Task<StripeAnswer> Get(string path, CancellationToken cancellationToken) =>
        StripeAttempts.Run(bound => Once(path, bound), options.Value, time, log, cancellationToken);

    private async Task<StripeAnswer> Once(string path, CancellationToken bound)
    {
        using var response = await http.GetAsync(path, bound);
        return new StripeAnswer.Response(
            response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(bound),
            ShouldRetry(response),
            RetryAfter(response),
            response.Headers.TryGetValues("Request-Id", out var ids) ? ids.FirstOrDefault() : null
        );
    }

    private static bool? ShouldRetry(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Stripe-Should-Retry", out var values) && bool.TryParse(values.FirstOrDefault(), out var value)
            ? value
            : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        return StripeAttempts.Reasonable(asked?.Delta ?? (asked?.Date - time.GetUtcNow()));
    }
}
