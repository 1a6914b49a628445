using System.Text.Json;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>Turns the body of a 200 into a payment. What isn't understood entirely is refused: money is not guessed at.</summary>
internal static class StripePaymentReading
{
    public static PaymentLookup Read(string paymentIntentId, byte[] body)
    {
        // Cut off, or a proxy's page: that passes. JSON of another shape doesn't.
        if (!StripeJson.IsJson(body))
            return new PaymentLookup.Unavailable("stripe_error", "Stripe's answer was not JSON.", null);
        try
        {
            return JsonSerializer.Deserialize(body, StripeJson.Default.StripePaymentIntent) is { } intent
                ? Read(paymentIntentId, intent)
                : NotUnderstood("the answer is null");
        }
        catch (JsonException e)
        {
            return NotUnderstood($"a field is missing or of another type at {e.Path ?? "$"}");
        }
    }

    public static PaymentLookup Read(string paymentIntentId, StripePaymentIntent intent)
    {
        if (intent.Id != paymentIntentId || intent.Object != "payment_intent")
            return NotUnderstood("it is about another object");
        if (Status(intent.Status) is not { } status)
            return NotUnderstood($"the status '{intent.Status}' is unknown");
        if (status == GatewayPaymentStatus.Succeeded && intent.LatestCharge is null)
            return NotUnderstood("a succeeded payment came without its charge");
        if (
            CurrencyExponents.Normalize(intent.Currency) is not { } currency
            || CurrencyExponents.FromMinor(intent.Amount, currency) is not { } amount
            || CurrencyExponents.FromMinor(intent.AmountReceived, currency) is not { } received
            || CurrencyExponents.FromMinor(intent.LatestCharge?.AmountRefunded ?? 0, currency) is not { } refunded
        )
            return NotUnderstood("an amount or the currency is out of range");
        return new PaymentLookup.Found(
            new GatewayPayment(
                intent.Id,
                status,
                intent.Status,
                amount,
                received,
                currency,
                intent.Livemode,
                refunded,
                intent.LatestCharge?.Disputed ?? false,
                intent.LatestCharge?.Id
            )
        );
    }

    private static GatewayPaymentStatus? Status(string status) =>
        status switch
        {
            "succeeded" => GatewayPaymentStatus.Succeeded,
            "canceled" => GatewayPaymentStatus.Cancelled,
            "processing" or "requires_action" or "requires_confirmation" or "requires_capture" or "requires_payment_method" =>
                GatewayPaymentStatus.Pending,
            _ => null,
        };

    private static PaymentLookup.Refused NotUnderstood(string why) =>
        new(
            "stripe_unexpected_answer",
            StripeText.Clean($"Stripe's answer is not what version {StripeHttpGateway.ApiVersion} promises: {why}.")
        );
}
