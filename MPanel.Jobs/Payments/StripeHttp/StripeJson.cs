using System.Text.Json;
using System.Text.Json.Serialization;

namespace MPanel.Jobs.Payments.StripeHttp;

// The fields of Stripe's objects that are read, https://docs.stripe.com/api/payment_intents/object. Absent or of another type: JsonException.
internal sealed record StripePaymentIntent(
    string Id,
    string Object,
    long Amount,
    long AmountReceived,
    string Currency,
    string Status,
    bool Livemode,
    StripeCharge? LatestCharge
);

internal sealed record StripeCharge(string Id, string Object, long AmountRefunded, bool Disputed);

internal sealed record StripeErrorBody(StripeError Error);

internal sealed record StripeError(string? Type = null, string? Code = null, string? Message = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(StripePaymentIntent))]
[JsonSerializable(typeof(StripeErrorBody))]
internal sealed partial class StripeJson : JsonSerializerContext
{
    public static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
