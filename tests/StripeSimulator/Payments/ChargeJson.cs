using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/charges/object</summary>
internal static class ChargeJson
{
    public static JsonObject ToChargeJson(this SimulatedPayment payment)
    {
        var paid = payment.Status == "succeeded";
        return new JsonObject
        {
            ["id"] = payment.ChargeId,
            ["object"] = "charge",
            ["amount"] = payment.Amount,
            ["amount_captured"] = payment.AmountReceived,
            ["amount_refunded"] = payment.AmountRefunded,
            ["balance_transaction"] = null,
            ["billing_details"] = new JsonObject
            {
                ["address"] = null,
                ["email"] = payment.BillingEmail,
                ["name"] = null,
                ["phone"] = null,
            },
            ["captured"] = paid,
            ["created"] = payment.Created,
            ["currency"] = payment.Currency,
            ["customer"] = null,
            ["description"] = payment.Description,
            ["disputed"] = payment.Disputed,
            ["failure_code"] = payment.DeclineCode is null ? null : Declines.Error(payment.DeclineCode).Code,
            ["failure_message"] = payment.DeclineCode is null ? null : Declines.Error(payment.DeclineCode).Message,
            ["livemode"] = payment.Livemode,
            ["metadata"] = payment.MetadataJson(),
            ["outcome"] = new JsonObject { ["network_status"] = paid ? "approved_by_network" : "declined_by_network" },
            ["paid"] = paid,
            ["payment_intent"] = payment.Id,
            ["payment_method"] = payment.PaymentMethod,
            ["receipt_email"] = payment.ReceiptEmail,
            ["refunded"] = payment.AmountRefunded > 0 && payment.AmountRefunded == payment.AmountReceived,
            ["status"] =
                paid ? "succeeded"
                : payment.DeclineCode is null ? "pending"
                : "failed",
        };
    }
}
