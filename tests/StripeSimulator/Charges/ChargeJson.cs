using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Charges;

/// <summary>https://docs.stripe.com/api/charges/object</summary>
internal static class ChargeJson
{
    public static JsonObject ToJson(this SimulatedCharge charge)
    {
        var error = charge.DeclineCode is null ? null : Declines.Error(charge.DeclineCode);
        return new JsonObject
        {
            ["id"] = charge.Id,
            ["object"] = "charge",
            ["amount"] = charge.Amount,
            ["amount_captured"] = charge.Paid ? charge.Amount : 0L,
            ["amount_refunded"] = charge.AmountRefunded,
            ["application"] = null,
            ["balance_transaction"] = charge.BalanceTransaction,
            ["billing_details"] = charge.Billing.ToJson(),
            ["calculated_statement_descriptor"] = "SIMULATED",
            ["captured"] = charge.Paid,
            ["created"] = charge.Created,
            ["currency"] = charge.Currency,
            ["customer"] = charge.Customer,
            ["description"] = charge.Description,
            ["disputed"] = charge.Disputed,
            ["failure_balance_transaction"] = null,
            ["failure_code"] = error?.Code,
            ["failure_message"] = error?.Message,
            ["fraud_details"] = new JsonObject(),
            ["livemode"] = charge.Livemode,
            ["metadata"] = StripeJson.OfTexts(charge.Metadata),
            ["outcome"] = Outcome(charge, error),
            ["paid"] = charge.Paid,
            ["payment_intent"] = charge.PaymentIntent,
            ["payment_method"] = charge.PaymentMethod,
            ["payment_method_details"] = Details(charge),
            ["receipt_email"] = charge.ReceiptEmail,
            ["receipt_number"] = null,
            ["receipt_url"] = charge.Paid ? $"https://pay.stripe.com/receipts/simulated/{charge.Id}" : null,
            ["refunded"] = charge.AmountRefunded > 0 && charge.AmountRefunded == charge.Amount,
            ["review"] = null,
            ["shipping"] = null,
            ["statement_descriptor"] = null,
            ["status"] = charge.Status,
            ["transfer_group"] = null,
        };
    }

    private static JsonObject? Outcome(SimulatedCharge charge, StripeError? error) =>
        charge.Status == "pending"
            ? null
            : new JsonObject
            {
                ["advice_code"] = error?.AdviceCode,
                ["network_advice_code"] = null,
                ["network_decline_code"] = error is null || charge.Blocked ? null : "05",
                ["network_status"] =
                    charge.Blocked ? "not_sent_to_network"
                    : error is null ? "approved_by_network"
                    : "declined_by_network",
                ["reason"] = charge.Blocked ? "highest_risk_level" : charge.DeclineCode,
                ["risk_level"] = charge.Blocked ? "highest" : "normal",
                ["risk_score"] = charge.Blocked ? 92 : 12,
                ["seller_message"] =
                    charge.Blocked ? "Stripe blocked this payment as too risky."
                    : error is null ? "Payment complete."
                    : "The bank did not return any further details with this decline.",
                ["type"] =
                    charge.Blocked ? "blocked"
                    : error is null ? "authorized"
                    : "issuer_declined",
            };

    private static JsonObject? Details(SimulatedCharge charge)
    {
        if (charge.Method is not { } method)
            return null;
        var details = new JsonObject { ["type"] = method.Test.Type };
        if (method.Test.Type != "card")
        {
            details[method.Test.Type] = PaymentMethodJson.Debit(method.Test);
            return details;
        }
        var card = PaymentMethodJson.CardFace(method);
        card["amount_authorized"] = charge.Paid ? charge.Amount : null;
        card["authorization_code"] = charge.Paid ? "123456" : null;
        card["installments"] = null;
        card["mandate"] = null;
        card["network"] = method.Test.Brand;
        card["network_token"] = new JsonObject { ["used"] = false };
        card["three_d_secure"] = charge.Authenticated
            ? new JsonObject
            {
                ["authentication_flow"] = "challenge",
                ["result"] = "authenticated",
                ["version"] = "2.2.0",
            }
            : null;
        details["card"] = card;
        return details;
    }
}
