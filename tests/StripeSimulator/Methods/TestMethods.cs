namespace MPanel.StripeSimulator.Methods;

/// <summary>Stripe's test payment methods that are simulated, and what each leads to.</summary>
internal static class TestMethods
{
    private static readonly Dictionary<string, TestMethod> ByToken = Good()
        .Concat(Declined())
        .Concat(Authenticated())
        .Concat(Later())
        .Concat(Debits())
        .ToDictionary(m => m.Token, StringComparer.Ordinal);

    public static TestMethod Visa { get; } = ByToken["pm_card_visa"];

    public static IEnumerable<TestMethod> All => ByToken.Values;

    public static TestMethod? Find(string token) => ByToken.GetValueOrDefault(token);

    private static TestMethod Card(string token, string last4 = "4242", string brand = "visa", string country = "US") =>
        new(token, "card", brand, last4, country);

    private static IEnumerable<TestMethod> Good() =>
        [
            Card("pm_card_visa"),
            Card("pm_card_visa_debit", "5556"),
            Card("pm_card_mastercard", "4444", "mastercard"),
            Card("pm_card_amex", "8431", "amex"),
            Card("pm_card_discover", "9424", "discover"),
            Card("pm_card_de", "0004", country: "DE"),
            Card("pm_card_gb", "0000", country: "GB"),
            Card("pm_card_fr", "0003", country: "FR"),
        ];

    private static IEnumerable<TestMethod> Declined() =>
        new Dictionary<string, string>
        {
            ["pm_card_chargeDeclined"] = "generic_decline",
            ["pm_card_visa_chargeDeclined"] = "generic_decline",
            ["pm_card_chargeDeclinedInsufficientFunds"] = "insufficient_funds",
            ["pm_card_visa_chargeDeclinedInsufficientFunds"] = "insufficient_funds",
            ["pm_card_visa_chargeDeclinedLostCard"] = "lost_card",
            ["pm_card_visa_chargeDeclinedStolenCard"] = "stolen_card",
            ["pm_card_visa_chargeDeclinedVelocityLimitExceeded"] = "card_velocity_exceeded",
            ["pm_card_chargeDeclinedExpiredCard"] = "expired_card",
            ["pm_card_chargeDeclinedIncorrectCvc"] = "incorrect_cvc",
            ["pm_card_chargeDeclinedProcessingError"] = "processing_error",
            ["pm_card_chargeDeclinedFraudulent"] = "fraudulent",
        }
            .Select((decline, i) => Card(decline.Key, $"{i + 2:0000}") with { DeclineCode = decline.Value, Attachable = false })
            .Append(Card("pm_card_chargeCustomerFail", "0341") with { DeclineCode = "generic_decline" })
            .Append(Card("pm_card_radarBlock", "0101") with { DeclineCode = "fraudulent", Blocked = true });

    private static IEnumerable<TestMethod> Authenticated() =>
        [
            Card("pm_card_authenticationRequired", "3184") with
            {
                Authentication = Authentication.Always,
            },
            Card("pm_card_authenticationRequiredOnSetup", "3155") with
            {
                Authentication = Authentication.UnlessSetUp,
            },
            Card("pm_card_authenticationRequiredSetupForOffSession", "0446") with
            {
                Authentication = Authentication.OnSession,
            },
            Card("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "3178") with
            {
                Authentication = Authentication.Always,
                DeclineCode = "insufficient_funds",
            },
        ];

    private static IEnumerable<TestMethod> Later() =>
        [
            Card("pm_card_createDispute", "0259") with
            {
                Aftermath = Aftermath.Dispute,
            },
            Card("pm_card_createDisputeProductNotReceived", "2685") with
            {
                Aftermath = Aftermath.ProductNotReceived,
            },
            Card("pm_card_createDisputeInquiry", "1976") with
            {
                Aftermath = Aftermath.Inquiry,
            },
            Card("pm_card_pendingRefund", "7726") with
            {
                Aftermath = Aftermath.RefundPending,
            },
            Card("pm_card_refundFail", "5126") with
            {
                Aftermath = Aftermath.RefundFails,
            },
        ];

    private static IEnumerable<TestMethod> Debits() =>
        [
            Debit("pm_success_de", "3000", 0, null),
            Debit("pm_successDelayed_de", "3001", 180, null),
            Debit("pm_failed_de", "2002", 0, "insufficient_funds"),
            Debit("pm_failedDelayed_de", "2003", 180, "insufficient_funds"),
            Debit("pm_disputed_de", "2004", 0, null) with
            {
                Aftermath = Aftermath.Dispute,
            },
        ];

    private static TestMethod Debit(string token, string last4, long delay, string? decline) =>
        new(token, "sepa_debit", "bank", last4, "DE") { DelaySeconds = delay, DeclineCode = decline };
}
