using System.Text.Json;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>Turns the library's PaymentIntent into a payment. What isn't understood entirely is not a payment: money is not guessed at.</summary>
internal static class StripePaymentReading
{
    /// <summary>Key in a payment's metadata: the order it was made for.</summary>
    public const string OrderKey = "mpanel_order";

    private static readonly string[] OfPayment = ["id", "object", "amount", "amount_received", "currency", "status", "livemode"];
    private static readonly string[] OfCharge = ["id", "amount_refunded", "disputed"];

    /// <summary>An answer that lacks what every payment has. A proxy or a cut made it so; the next one may be whole.</summary>
    public static PaymentLookup.Unavailable Unreadable(string why) =>
        new("stripe_error", StripeText.Clean($"Stripe's answer was unreadable: {why}."), null);

    public static PaymentLookup Read(string paymentIntentId, PaymentIntent intent)
    {
        if (Fault(intent.StripeResponse.Content) is { } fault)
            return Unreadable(fault);
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
                new GatewayMoney(currency, Asked: amount, received, refunded),
                intent.Livemode,
                intent.LatestCharge?.Disputed ?? false,
                intent.Metadata?.GetValueOrDefault(OrderKey) is { Length: > 0 } order ? order : null,
                new DateTimeOffset(DateTime.SpecifyKind(intent.Created, DateTimeKind.Utc)),
                [
                    .. new[] { intent.ReceiptEmail, intent.LatestCharge?.ReceiptEmail, intent.LatestCharge?.BillingDetails?.Email }
                        .OfType<string>()
                        .Distinct(),
                ],
                StripeFacts.Of(intent)
            )
        );
    }

    // The library gives 0 and false for what an answer lacks, and takes the last of two fields of one name.
    private static string? Fault(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var payment = document.RootElement;
            return Missing(payment, OfPayment, "")
                ?? (
                    payment.TryGetProperty("latest_charge", out var charge) && charge.ValueKind == JsonValueKind.Object
                        ? Missing(charge, OfCharge, "latest_charge.")
                        : null
                );
        }
        catch (JsonException)
        {
            return "a field stands in it twice";
        }
    }

    private static string? Missing(JsonElement json, string[] fields, string of) =>
        fields.FirstOrDefault(field => !json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) is { } missing
            ? $"it lacks {of}{missing}"
            : null;

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
            StripeText.Clean($"Stripe's answer is not what version {StripeConfiguration.ApiVersion} promises: {why}.")
        );
}
