using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>A customer on Checkout's page, without a browser.</summary>
internal static class CheckoutControl
{
    public static void MapCheckoutControl(this IEndpointRouteBuilder routes) => routes.MapPost("/_sim/checkout/{id}/pay", Pay);

    private static Task<IResult> Pay(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenTyped>(
            context,
            given =>
                state.Do(() =>
                {
                    if (state.Find<SimulatedSession>(id) is not { } session)
                        return Results.NotFound();
                    var typed = new Typed(given.PaymentMethod, given.Email, given.Name, given.Country);
                    // A declined card is no mistake of the test: it sees it in the session.
                    return Sessions.Submit(state, session, typed) is { Type: not "card_error" } refusal
                        ? ControlJson.Wrong(refusal.Message)
                        : ControlJson.Ok(state.Find<SimulatedSession>(id)!.ToJson());
                })
        );

    private sealed record GivenTyped(
        [property: JsonRequired] string PaymentMethod,
        string? Email = null,
        string? Name = null,
        string? Country = null
    );
}
