using System.Net;
using System.Text.Json;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>Turns an answer other than 200 into a value. See https://docs.stripe.com/api/errors.</summary>
internal static class StripeErrorReading
{
    public static PaymentLookup Read(StripeAnswer.Response response)
    {
        var error = Error(response.Body);
        var message = Message(response, error);
        return response.Status switch
        {
            // Any other 404 is an address that isn't Stripe's, which says nothing about the payment.
            HttpStatusCode.NotFound when error?.Code == "resource_missing" => new PaymentLookup.NotFound(),
            HttpStatusCode.TooManyRequests => new PaymentLookup.Unavailable("stripe_rate_limited", message, response.RetryAfter),
            _ when StripeStatus.IsTransient(response.Status) || response.ShouldRetry == true => new PaymentLookup.Unavailable(
                "stripe_error",
                message,
                response.RetryAfter
            ),
            HttpStatusCode.Unauthorized => new PaymentLookup.Refused("stripe_unauthorized", message),
            HttpStatusCode.Forbidden => new PaymentLookup.Refused("stripe_forbidden", message),
            _ => new PaymentLookup.Refused("stripe_refused", message),
        };
    }

    private static string Message(StripeAnswer.Response response, StripeError? error)
    {
        var said = string.IsNullOrWhiteSpace(error?.Message) ? "" : $": {error.Message}";
        var request = response.RequestId is null ? "" : $" (request {response.RequestId})";
        return StripeText.Clean($"Stripe answered {(int)response.Status}{request}{said}");
    }

    // A balancer in front of Stripe answers 502 with a page of HTML: then the status alone has to do.
    private static StripeError? Error(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, StripeJson.Default.StripeErrorBody)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
