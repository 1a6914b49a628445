using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Radar;

/// <summary>https://docs.stripe.com/api/radar/early_fraud_warnings: a bank says that a charge may be fraud, before it is disputed.</summary>
/// <param name="Actionable">It was neither refunded nor disputed yet.</param>
internal sealed record EarlyFraudWarning(
    string Id,
    string Charge,
    string PaymentIntent,
    string FraudType,
    bool Actionable,
    bool Livemode,
    long Created
) : IStripeObject
{
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["object"] = "radar.early_fraud_warning",
            ["actionable"] = Actionable,
            ["charge"] = Charge,
            ["created"] = Created,
            ["fraud_type"] = FraudType,
            ["livemode"] = Livemode,
            ["payment_intent"] = PaymentIntent,
        };
}

internal static class EarlyFraudWarningRoutes
{
    private const string Path = "/v1/radar/early_fraud_warnings";

    public static void MapRadar(this IEndpointRouteBuilder routes)
    {
        routes.Get(Path, List, [.. ListPage.Parameters, "charge", "created", "payment_intent"]);
        routes.Get(Path + "/{id}", Get);
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Own.Find<EarlyFraudWarning>(call, "early fraud warning", "early_fraud_warning", out var missing) is { } warning
            ? StripeJson.Ok(warning.ToJson())
            : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<EarlyFraudWarning>()
                .Where(w => Own.Asked(call, "charge", w.Charge) && Own.Asked(call, "payment_intent", w.PaymentIntent)),
            Path,
            w => w.ToJson()
        );
}
