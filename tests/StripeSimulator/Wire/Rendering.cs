using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Radar;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>The JSON of any object of the API.</summary>
internal static class Rendering
{
    public static JsonObject Json(StripeState state, IKept kept) =>
        kept switch
        {
            SimulatedPayment payment => payment.ToJson(),
            SimulatedCharge charge => charge.ToJson(),
            SimulatedBalanceTransaction movement => movement.ToJson(),
            SimulatedPaymentMethod method => method.ToJson(),
            SimulatedRefund refund => refund.ToJson(),
            SimulatedCustomer customer => customer.ToJson(),
            SimulatedSetup setup => setup.ToJson(),
            SimulatedSession session => session.ToJson(),
            SimulatedDispute dispute => dispute.ToJson(state),
            EarlyFraudWarning warning => warning.ToJson(),
            _ => throw new InvalidOperationException($"{kept.GetType().Name} is no object of the API."),
        };

    /// <returns>Null when there is no such object.</returns>
    public static JsonObject? Find(StripeState state, string id)
    {
        IKept? kept = id.Split('_')[0] switch
        {
            "pi" => state.Find<SimulatedPayment>(id),
            "ch" or "py" => state.Find<SimulatedCharge>(id),
            "txn" => state.Find<SimulatedBalanceTransaction>(id),
            "pm" => state.Find<SimulatedPaymentMethod>(id),
            "re" or "pyr" => state.Find<SimulatedRefund>(id),
            "cus" => state.Find<SimulatedCustomer>(id),
            "seti" => state.Find<SimulatedSetup>(id),
            "dp" => state.Find<SimulatedDispute>(id),
            _ => null,
        };
        return kept is null ? null : Json(state, kept);
    }
}

/// <summary>Fields that stand in an object only when they are expanded.</summary>
internal static class OnlyExpanded
{
    /// <returns>Whether there is such a field; then it stands in the object now.</returns>
    public static bool Add(JsonObject json, string field, StripeState state)
    {
        if (json["object"]?.GetValue<string>() != "charge" || field != "refunds")
            return false;
        var id = json["id"]!.GetValue<string>();
        json["refunds"] = ListPage.Json(
            $"/v1/charges/{id}/refunds",
            state.All<SimulatedRefund>().Where(r => r.Charge == id).Reverse().Select(r => r.ToJson())
        );
        return true;
    }
}
