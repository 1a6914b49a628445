using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>What card networks and customers do to saved payment methods.</summary>
internal static class MethodControl
{
    public static void MapMethodControl(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/_sim/payment_methods/{id}", Renew);
        routes.MapPost("/_sim/setup_intents/{id}/finish", Finish);
    }

    /// <summary>The network says that the card has another date, or another kind of card behind it.</summary>
    private static Task<IResult> Renew(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenCard>(
            context,
            given =>
                state.Do(() =>
                {
                    if (state.Find<SimulatedPaymentMethod>(id) is not { } method)
                        return Results.NotFound();
                    if (given.Token is { } token && TestMethods.Find(token) is null)
                        return ControlJson.Wrong($"'{token}' is no test payment method that is simulated.");
                    var renewed = state.Put(
                        method with
                        {
                            ExpMonth = given.ExpMonth ?? method.ExpMonth,
                            ExpYear = given.ExpYear ?? method.ExpYear,
                            Token = given.Token ?? method.Token,
                        }
                    );
                    EventLog.Updated(state, "payment_method.automatically_updated", method, renewed);
                    return ControlJson.Ok(renewed.ToJson());
                })
        );

    private static Task<IResult> Finish(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenEnd>(
            context,
            given =>
                state.Do(() =>
                {
                    if (state.Find<SimulatedSetup>(id) is not { } setup)
                        return Results.NotFound();
                    return SettingUp.Finish(state, setup, given.Succeeds) is { } finished
                        ? ControlJson.Ok(finished.ToJson())
                        : ControlJson.Wrong($"The SetupIntent waits for nothing: its status is {setup.Status}.");
                })
        );

    /// <param name="Token">From now on it does as this test payment method does.</param>
    private sealed record GivenCard(int? ExpMonth = null, int? ExpYear = null, string? Token = null);

    private sealed record GivenEnd([property: JsonRequired] bool Succeeds);
}
