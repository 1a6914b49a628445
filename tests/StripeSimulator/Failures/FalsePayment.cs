using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Failures;

/// <summary>The failures that show a payment as it is not. What is kept doesn't change.</summary>
internal static class FalsePayment
{
    public static void Apply(JsonObject intent, FailureKind kind)
    {
        var charge = intent["latest_charge"] as JsonObject;
        switch (kind)
        {
            case FailureKind.MissingField:
                intent.Remove("amount");
                break;
            case FailureKind.WrongAmount:
                intent["amount"] = intent["amount"]!.GetValue<long>() - 1;
                intent["amount_received"] = intent["amount"]!.GetValue<long>();
                break;
            case FailureKind.WrongCurrency:
                intent["currency"] = intent["currency"]!.GetValue<string>() == "eur" ? "usd" : "eur";
                break;
            case FailureKind.ModeMismatch:
                intent["livemode"] = !intent["livemode"]!.GetValue<bool>();
                break;
            case FailureKind.Refunded when charge is not null:
                charge["amount_refunded"] = charge["amount"]!.GetValue<long>();
                charge["refunded"] = true;
                break;
            case FailureKind.Disputed when charge is not null:
                charge["disputed"] = true;
                break;
            case FailureKind.Processing:
                NotPaid(intent, "processing");
                break;
            case FailureKind.Canceled:
                NotPaid(intent, "canceled");
                break;
            case FailureKind.Decline:
                NotPaid(intent, "requires_payment_method");
                break;
        }
    }

    private static void NotPaid(JsonObject intent, string status)
    {
        intent["status"] = status;
        intent["amount_received"] = 0L;
        intent["latest_charge"] = null;
    }
}
