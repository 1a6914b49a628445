using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents</summary>
internal static class PaymentIntentRoutes
{
    private static readonly string[] OfCreate =
    [
        "amount",
        "application_fee_amount",
        "automatic_payment_methods",
        "confirm",
        "confirmation_method",
        "currency",
        "customer",
        "customer_account",
        "description",
        "mandate_data",
        "metadata",
        "on_behalf_of",
        "payment_method_configuration",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    ];

    private static readonly string[] OfBoth =
    [
        "allowed_payment_method_types",
        "amount_details",
        "capture_method",
        "confirmation_token",
        "error_on_requires_action",
        "excluded_payment_method_types",
        "hooks",
        "mandate",
        "off_session",
        "payment_details",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "radar_options",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "shipping",
        "use_stripe_sdk",
    ];

    private static readonly string[] OfUpdate =
    [
        "allowed_payment_method_types",
        "amount",
        "currency",
        "customer",
        "description",
        "metadata",
        "payment_method",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
    ];

    public static void MapPaymentIntents(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/payment_intents", CreatePayment.Run, [.. OfCreate, .. OfBoth]);
        routes.Get("/v1/payment_intents", PaymentIntentCalls.List, [.. ListPage.Parameters, "created", "customer", "customer_account"]);
        // Not simulated, and not a payment by this name either.
        routes.MapGet("/v1/payment_intents/search", UnknownRoute.Answer);
        routes.Post("/v1/payment_intents/{id}", UpdatePayment.Run, OfUpdate);
        routes.Get("/v1/payment_intents/{id}", PaymentIntentCalls.Get, "client_secret");
        routes.Post("/v1/payment_intents/{id}/confirm", PaymentIntentCalls.Confirm, ["amount_to_confirm", .. OfBoth]);
        routes.Post("/v1/payment_intents/{id}/cancel", PaymentIntentCalls.Cancel, "cancellation_reason");
    }
}
