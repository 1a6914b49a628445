using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/charges</summary>
internal static class ChargeRoutes
{
    public static void MapCharges(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/charges/{id}", Get).Takes();

    private static IResult Get(HttpContext context, string id, PaymentStore store) =>
        store.FindByCharge(id) switch
        {
            // A charge of an attempt before the latest is no longer kept.
            { } payment when payment.ChargeId == id && payment.Livemode == StripeCall.Of(context).LiveMode => StripeJson.Ok(
                payment.ToChargeJson()
            ),
            _ => StripeError.Missing("charge", id, "id"),
        };
}
