using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>Stripe's test payment methods, https://docs.stripe.com/testing, and what each leads to.</summary>
internal static class Declines
{
    private static readonly Dictionary<string, string> CodeByMethod = new(StringComparer.Ordinal)
    {
        ["pm_card_chargeDeclined"] = "generic_decline",
        ["pm_card_visa_chargeDeclined"] = "generic_decline",
        ["pm_card_chargeDeclinedInsufficientFunds"] = "insufficient_funds",
        ["pm_card_visa_chargeDeclinedInsufficientFunds"] = "insufficient_funds",
        ["pm_card_chargeDeclinedExpiredCard"] = "expired_card",
        ["pm_card_chargeDeclinedFraudulent"] = "fraudulent",
    };

    private static readonly HashSet<string> Good = new(StringComparer.Ordinal)
    {
        "pm_card_visa",
        "pm_card_visa_debit",
        "pm_card_mastercard",
        "pm_card_amex",
        "pm_card_discover",
        Action,
        Dispute,
    };

    /// <summary>Asks for 3-D Secure.</summary>
    public const string Action = "pm_card_authenticationRequired";

    /// <summary>Succeeds, and is disputed at once.</summary>
    public const string Dispute = "pm_card_createDispute";

    public static bool IsKnown(string method) => Good.Contains(method) || CodeByMethod.ContainsKey(method);

    public static string? CodeOf(string method) => CodeByMethod.GetValueOrDefault(method);

    public static StripeError Error(string code) =>
        StripeError.Declined(
            code,
            code switch
            {
                "insufficient_funds" => "Your card has insufficient funds.",
                "expired_card" => "Your card has expired.",
                _ => "Your card was declined.",
            }
        );
}
