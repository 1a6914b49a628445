using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Setup;

/// <summary>A SetupIntent: a payment method is made ready without being charged.</summary>
internal sealed record SimulatedSetup(string Id, string Status, bool Livemode, long Created) : IStripeObject
{
    public string? Customer { get; init; }
    public string? PaymentMethod { get; init; }
    public string Usage { get; init; } = "off_session";
    public string? Description { get; init; }
    public string? CancellationReason { get; init; }
    public PaymentFailure? Failure { get; init; }
    public IReadOnlyList<string>? AllowedPaymentMethodTypes { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>https://docs.stripe.com/api/setup_intents/object</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["object"] = "setup_intent",
            ["allowed_payment_method_types"] = AllowedPaymentMethodTypes is { } allowed ? StripeJson.OfTexts(allowed) : null,
            ["application"] = null,
            ["automatic_payment_methods"] = null,
            ["cancellation_reason"] = CancellationReason,
            ["client_secret"] = $"{Id}_secret_simulated",
            ["created"] = Created,
            ["customer"] = Customer,
            ["description"] = Description,
            ["last_setup_error"] = Failure?.ToError().ToJson()["error"]!.DeepClone(),
            ["latest_attempt"] = null,
            ["livemode"] = Livemode,
            ["mandate"] = null,
            ["metadata"] = StripeJson.OfTexts(Metadata),
            ["next_action"] = Status == "requires_action" ? PaymentIntentJson.NextAction() : null,
            ["payment_method"] = PaymentMethod,
            ["payment_method_types"] = new JsonArray("card"),
            ["status"] = Status,
            ["usage"] = Usage,
        };
}
