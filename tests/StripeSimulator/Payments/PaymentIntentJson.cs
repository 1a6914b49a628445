using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents/object</summary>
internal static class PaymentIntentJson
{
    public static JsonObject ToJson(this SimulatedPayment payment) =>
        new()
        {
            ["id"] = payment.Id,
            ["object"] = "payment_intent",
            ["allowed_payment_method_types"] = payment.AllowedPaymentMethodTypes is { } allowed ? StripeJson.OfTexts(allowed) : null,
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
            ["customer"] = payment.Customer,
            ["description"] = payment.Description,
            ["last_payment_error"] = payment.Failure?.ToError().ToJson()["error"]!.DeepClone(),
            ["latest_charge"] = payment.ChargeHidden ? null : payment.LatestCharge,
            ["livemode"] = payment.Livemode,
            ["metadata"] = StripeJson.OfTexts(payment.Metadata),
            ["next_action"] = payment.Status == "requires_action" ? NextAction() : null,
            ["payment_method"] = payment.PaymentMethod,
            ["payment_method_types"] =
                payment.AllowedPaymentMethodTypes?.Contains("card") == false ? new JsonArray() : new JsonArray("card"),
            ["processing"] = null,
            ["receipt_email"] = payment.ReceiptEmail,
            ["setup_future_usage"] = payment.SetupFutureUsage,
            ["shipping"] = null,
            ["statement_descriptor"] = null,
            ["status"] = payment.Status,
            ["transfer_data"] = null,
        };

    public static JsonObject NextAction() =>
        new()
        {
            ["type"] = "use_stripe_sdk",
            ["use_stripe_sdk"] = new JsonObject { ["type"] = "three_d_secure_redirect" },
        };
}
