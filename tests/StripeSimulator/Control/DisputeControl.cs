using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Radar;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>What cardholders and their banks do.</summary>
internal static class DisputeControl
{
    private static readonly string Statuses = $"status is one of {string.Join(", ", DisputeStatus.All)}.";

    public static void MapDisputeControl(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/disputes", Open);
        routes.MapPost("/_sim/disputes/{id}/move", Move);
        routes.MapPost("/_sim/early_fraud_warnings", Warn);
    }

    private static Task<IResult> Open(HttpContext context, StripeState state) =>
        ControlJson.With<GivenDispute>(
            context,
            given =>
                state.Do(() =>
                {
                    if (MoneyControl.Charge(state, given.Of) is not { } charge)
                        return Results.NotFound();
                    if (!DisputeStatus.All.Contains(given.Status))
                        return ControlJson.Wrong(Statuses);
                    return charge.Paid
                        ? ControlJson.Ok(Disputing.Open(state, New(state, charge, given)).ToJson(state), 201)
                        : ControlJson.Wrong($"The charge is {charge.Status}: there is nothing to dispute.");
                })
        );

    private static SimulatedDispute New(StripeState state, SimulatedCharge charge, GivenDispute given) =>
        new(
            StripeId.New("dp"),
            charge.Id,
            charge.PaymentIntent,
            given.Amount ?? charge.Amount,
            charge.Currency,
            given.Status,
            charge.Livemode,
            state.Now
        )
        {
            Reason = given.Reason,
            DueBy = given.WithoutDueBy ? null : state.Now + given.DueInSeconds,
        };

    private static Task<IResult> Move(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenMove>(
            context,
            given =>
                state.Do(() =>
                {
                    if (!DisputeStatus.All.Contains(given.Status))
                        return ControlJson.Wrong(Statuses);
                    return state.Find<SimulatedDispute>(id) is { } dispute
                        ? ControlJson.Ok(Disputing.Move(state, dispute, given.Status).ToJson(state))
                        : Results.NotFound();
                })
        );

    private static Task<IResult> Warn(HttpContext context, StripeState state) =>
        ControlJson.With<GivenWarning>(
            context,
            given =>
                state.Do(() =>
                {
                    if (MoneyControl.Charge(state, given.Of) is not { } charge)
                        return Results.NotFound();
                    var actionable = !charge.Disputed && charge.AmountRefunded < charge.Amount;
                    var warning = state.Put(
                        new EarlyFraudWarning(
                            StripeId.New("issfr"),
                            charge.Id,
                            charge.PaymentIntent,
                            given.FraudType,
                            actionable,
                            charge.Livemode,
                            state.Now
                        )
                    );
                    EventLog.Add(state, "radar.early_fraud_warning.created", warning);
                    return ControlJson.Ok(warning.ToJson(), 201);
                })
        );

    /// <param name="Of">A payment or a charge.</param>
    /// <param name="Amount">Minor units; null for the charge's.</param>
    /// <param name="WithoutDueBy">Nobody says until when it has to be answered.</param>
    private sealed record GivenDispute(
        [property: JsonRequired] string Of,
        string Status = DisputeStatus.NeedsResponse,
        long? Amount = null,
        string Reason = "fraudulent",
        long DueInSeconds = Disputing.Answer,
        bool WithoutDueBy = false
    );

    private sealed record GivenMove([property: JsonRequired] string Status);

    private sealed record GivenWarning([property: JsonRequired] string Of, string FraudType = "made_with_stolen_card");
}
