using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Radar;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.Webhooks;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.State;

/// <summary>What is kept, and its name in the journal.</summary>
internal static class Kinds
{
    private static readonly Dictionary<string, Type> ByName = new(StringComparer.Ordinal)
    {
        ["clock"] = typeof(ClockSetting),
        ["due"] = typeof(DueAt),
        ["idempotency_key"] = typeof(KeptAnswer),
        ["payment_intent"] = typeof(SimulatedPayment),
        ["charge"] = typeof(SimulatedCharge),
        ["balance_transaction"] = typeof(SimulatedBalanceTransaction),
        ["customer"] = typeof(SimulatedCustomer),
        ["setup_intent"] = typeof(SimulatedSetup),
        ["checkout_session"] = typeof(SimulatedSession),
        ["payment_method"] = typeof(SimulatedPaymentMethod),
        ["refund"] = typeof(SimulatedRefund),
        ["dispute"] = typeof(SimulatedDispute),
        ["early_fraud_warning"] = typeof(EarlyFraudWarning),
        ["event"] = typeof(SimulatedEvent),
        ["webhook_endpoint"] = typeof(WebhookEndpoint),
        ["delivery"] = typeof(Delivery),
    };

    private static readonly Dictionary<Type, string> ByType = ByName.ToDictionary(k => k.Value, k => k.Key);

    public static IEnumerable<Type> Types => ByName.Values;

    public static string NameOf(Type type) => ByType[type];

    public static Type? TypeOf(string name) => ByName.GetValueOrDefault(name);
}

/// <param name="Before">Null when it is new.</param>
/// <param name="After">Null when it is gone.</param>
internal sealed record Change(Type Type, string Id, IKept? Before, IKept? After);
