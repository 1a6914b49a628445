using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>https://docs.stripe.com/api/checkout/sessions</summary>
internal static class SessionRoutes
{
    private static readonly string[] OfCreate =
    [
        "allow_promotion_codes",
        "allowed_payment_method_types",
        "automatic_tax",
        "billing_address_collection",
        "cancel_url",
        "client_reference_id",
        "currency",
        "custom_text",
        "customer",
        "customer_creation",
        "customer_email",
        "customer_update",
        "expires_at",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "payment_method_options",
        "setup_intent_data",
        "submit_type",
        "success_url",
        "tax_id_collection",
        "ui_mode",
    ];

    public static void MapCheckout(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/checkout/sessions", CreateSession.Run, OfCreate);
        routes.Get("/v1/checkout/sessions", List, [.. ListPage.Parameters, "created", "customer", "payment_intent", "status"]);
        routes.Get("/v1/checkout/sessions/{id}", Get);
        routes.Post("/v1/checkout/sessions/{id}", Update, "metadata");
        routes.Post("/v1/checkout/sessions/{id}/expire", Expire);
        routes.Get("/v1/checkout/sessions/{id}/line_items", Items, ListPage.Parameters);
        routes.MapCheckoutPage();
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Find(call, out var missing) is { } session ? StripeJson.Ok(session.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedSession>()
                .Where(s =>
                    Own.Asked(call, "customer", s.Customer)
                    && Own.Asked(call, "payment_intent", s.PaymentIntent)
                    && Own.Asked(call, "status", s.Status)
                ),
            "/v1/checkout/sessions",
            s => s.ToJson()
        );

    private static IStripeAnswer Update(StripeCall call) =>
        Find(call, out var missing) is { } session
            ? StripeJson.Ok(call.State.Put(session with { Metadata = call.Form.MetadataOver(session.Metadata) }).ToJson())
            : missing!;

    private static IStripeAnswer Expire(StripeCall call)
    {
        if (Find(call, out var missing) is not { } session)
            return missing!;
        return session.IsOpen
            ? StripeJson.Ok(Sessions.Expire(call.State, session).ToJson())
            : StripeError.Invalid($"Only Checkout Sessions with a status in [\"open\"] can be expired. This one is {session.Status}.");
    }

    private static IStripeAnswer Items(StripeCall call) =>
        Find(call, out var missing) is { } session
            ? StripeJson.Ok(
                ListPage.Json($"/v1/checkout/sessions/{session.Id}/line_items", session.Items.Select((item, i) => item.ToJson(session, i)))
            )
            : missing!;

    private static SimulatedSession? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedSession>(call, "checkout.session", "session", out missing);
}
