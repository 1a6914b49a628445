using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents/object</summary>
internal static class PaymentIntentJson
{
    public static JsonObject ToJson(this SimulatedPayment payment, bool expandCharge) =>
        new()
        {
            ["id"] = payment.Id,
            ["object"] = "payment_intent",
            ["allowed_payment_method_types"] = payment.AllowedPaymentMethodTypes is { } allowed
                ? new JsonArray([.. allowed.Select(type => (JsonNode)type)])
                : null,
            ["amount"] = payment.Amount,
            ["amount_capturable"] = payment.Status == "requires_capture" ? payment.Amount : 0L,
            ["amount_details"] = new JsonObject { ["tip"] = new JsonObject() },
            ["amount_received"] = payment.AmountReceived,
            ["application"] = null,
            ["automatic_payment_methods"] = null,
            ["canceled_at"] = payment.CanceledAt,
            ["cancellation_reason"] = payment.CancellationReason,
            ["capture_method"] = "automatic_async",
            ["client_secret"] = $"{payment.Id}_secret_simulated",
            ["confirmation_method"] = "automatic",
            ["created"] = payment.Created,
            ["currency"] = payment.Currency,
            ["customer"] = null,
            ["description"] = payment.Description,
            ["last_payment_error"] = payment.DeclineCode is null
                ? null
                : (JsonNode)Declines.Error(payment.DeclineCode).ToJson()["error"]!.DeepClone(),
            ["latest_charge"] =
                payment.ChargeId is null ? null
                : expandCharge ? payment.ToChargeJson()
                : (JsonNode)payment.ChargeId,
            ["livemode"] = payment.Livemode,
            ["metadata"] = payment.MetadataJson(),
            ["next_action"] = payment.Status == "requires_action" ? new JsonObject { ["type"] = "use_stripe_sdk" } : null,
            ["payment_method"] = payment.PaymentMethod,
            ["payment_method_types"] =
                payment.AllowedPaymentMethodTypes?.Contains("card") == false ? new JsonArray() : new JsonArray("card"),
            ["processing"] = null,
            ["receipt_email"] = payment.ReceiptEmail,
            ["setup_future_usage"] = null,
            ["shipping"] = null,
            ["statement_descriptor"] = null,
            ["status"] = payment.Status,
            ["transfer_data"] = null,
        };

    public static JsonObject MetadataJson(this SimulatedPayment payment) =>
        new(payment.Metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
}
