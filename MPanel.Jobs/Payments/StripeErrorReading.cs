using System.Net;
using System.Net.Http.Headers;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>Turns what the library throws over an answer into a value. See https://docs.stripe.com/api/errors.</summary>
internal static class StripeErrorReading
{
    // A provider that asks for more than this, or a header gone wrong, must not park an order for days.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    public static PaymentLookup Read(StripeException refused, DateTimeOffset now)
    {
        var headers = refused.StripeResponse?.Headers;
        var message = Message(refused);
        return refused.HttpStatusCode switch
        {
            // The exception's own message would quote the whole body.
            HttpStatusCode.OK => StripePaymentReading.Unreadable("it is not a PaymentIntent"),
            // Any other 404 is an address that isn't Stripe's, which says nothing about the payment.
            HttpStatusCode.NotFound when refused.StripeError?.Code == "resource_missing" => new PaymentLookup.NotFound(),
            HttpStatusCode.TooManyRequests => new PaymentLookup.Unavailable("stripe_rate_limited", message, RetryAfter(headers, now)),
            var status when IsTransient(status) || SaysRetry(headers) => new PaymentLookup.Unavailable(
                "stripe_error",
                message,
                RetryAfter(headers, now)
            ),
            HttpStatusCode.Unauthorized => new PaymentLookup.Refused("stripe_unauthorized", message),
            HttpStatusCode.Forbidden => new PaymentLookup.Refused("stripe_forbidden", message),
            _ => new PaymentLookup.Refused("stripe_refused", message),
        };
    }

    // A balancer in front of Stripe answers 502 with a page of HTML: then the status alone has to do.
    private static string Message(StripeException refused)
    {
        var said = string.IsNullOrWhiteSpace(refused.StripeError?.Message) ? "" : $": {refused.StripeError.Message}";
        var request = refused.StripeResponse?.RequestId is { } id ? $" (request {id})" : "";
        return StripeText.Clean($"Stripe answered {(int)refused.HttpStatusCode}{request}{said}");
    }

    /// <summary>Worth asking again by itself: a conflict with a concurrent request, or trouble on Stripe's side (424 included).</summary>
    private static bool IsTransient(HttpStatusCode status) =>
        status
            is HttpStatusCode.Conflict
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.FailedDependency
                or >= HttpStatusCode.InternalServerError;

    private static bool SaysRetry(HttpResponseHeaders? headers) =>
        headers is not null && headers.TryGetValues("Stripe-Should-Retry", out var said) && said.Contains("true");

    private static TimeSpan? RetryAfter(HttpResponseHeaders? headers, DateTimeOffset now)
    {
        var asked = headers?.RetryAfter;
        return (asked?.Delta ?? (asked?.Date - now)) is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestAsked.Ticks)) : null;
    }
}
