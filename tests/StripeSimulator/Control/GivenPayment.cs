using System.Text.Json.Serialization;

namespace MPanel.StripeSimulator.Control;

/// <summary>A payment as it is to be; what isn't given has the value of a payment that went well, in test mode.</summary>
/// <param name="Amount">Minor units.</param>
/// <param name="Invoice">Of Stripe's, that it paid.</param>
/// <param name="Created">Seconds since 1970.</param>
internal sealed record GivenPayment(
    [property: JsonRequired] long Amount,
    [property: JsonRequired] string Currency,
    string? Status = null,
    bool Livemode = false,
    long? AmountReceived = null,
    long AmountRefunded = 0,
    bool Disputed = false,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? ReceiptEmail = null,
    string? BillingEmail = null,
    string? Invoice = null,
    long? Created = null
)
{
    public static string[] Statuses { get; } =
    ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing", "canceled", "succeeded"];

    /// <summary>Where the billing details are.</summary>
    public string? BillingCountry { get; init; }

    /// <summary>One of Stripe's test payment methods, such as pm_card_visa.</summary>
    public string? PaymentMethod { get; init; }
    public string? Customer { get; init; }
}
