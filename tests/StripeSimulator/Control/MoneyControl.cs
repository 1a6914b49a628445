using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>What people do at Stripe's dashboard, and banks behind it.</summary>
internal static class MoneyControl
{
    public static void MapMoneyControl(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/refunds", MakeRefund);
        routes.MapPost("/_sim/refunds/{id}/move", MoveRefund);
        routes.MapPut("/_sim/charges/{id}/balance_transaction", KnowMovement);
    }

    /// <summary>The charge that a control means by a payment's id or its own.</summary>
    public static SimulatedCharge? Charge(StripeState state, string of) =>
        state.Find<SimulatedCharge>(of)
        ?? (state.Find<SimulatedPayment>(of)?.LatestCharge is { } latest ? state.Find<SimulatedCharge>(latest) : null);

    private static Task<IResult> MakeRefund(HttpContext context, StripeState state) =>
        ControlJson.With<GivenRefund>(
            context,
            given =>
                state.Do(() =>
                {
                    if (Charge(state, given.Of) is not { } charge)
                        return Results.NotFound();
                    var amount = given.Amount ?? charge.Amount - charge.AmountRefunded;
                    if (RefundRules.OfCharge(charge, amount, lost: false) is { } refusal)
                        return ControlJson.Wrong(refusal.Message);
                    if (given.Status is { } status && !RefundStatus.All.Contains(status))
                        return ControlJson.Wrong($"status is one of {string.Join(", ", RefundStatus.All)}.");
                    var metadata = new Dictionary<string, string>();
                    return Show(RefundChanges.Make(state, charge, amount, given.Reason, metadata, given.Status), 201);
                })
        );

    private static Task<IResult> MoveRefund(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenMove>(
            context,
            given =>
                state.Do(() =>
                {
                    if (!RefundStatus.All.Contains(given.Status))
                        return ControlJson.Wrong($"status is one of {string.Join(", ", RefundStatus.All)}.");
                    return state.Find<SimulatedRefund>(id) is { } refund
                        ? Show(RefundChanges.Move(state, refund, given.Status, given.FailureReason))
                        : Results.NotFound();
                })
        );

    /// <summary>With asynchronous capture a charge has none at first; an update follows.</summary>
    private static Task<IResult> KnowMovement(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenKnowing>(
            context,
            given =>
                state.Do(() =>
                {
                    if (Charge(state, id) is not { } charge)
                        return Results.NotFound();
                    var movement = state.All<SimulatedBalanceTransaction>().FirstOrDefault(t => t.Source == charge.Id);
                    var changed = state.Put(charge with { BalanceTransaction = given.Known ? movement?.Id : null });
                    if (given.Known)
                        EventLog.Updated(state, "charge.updated", charge, changed);
                    return ControlJson.Ok(changed.ToJson());
                })
        );

    private static IResult Show(SimulatedRefund refund, int status = 200) => ControlJson.Ok(refund.ToJson(), status);

    /// <param name="Of">A payment or a charge.</param>
    /// <param name="Amount">Minor units; null for what is left.</param>
    private sealed record GivenRefund(
        [property: JsonRequired] string Of,
        long? Amount = null,
        string? Reason = null,
        string? Status = null
    );

    private sealed record GivenMove([property: JsonRequired] string Status, string? FailureReason = null);

    private sealed record GivenKnowing([property: JsonRequired] bool Known);
}
