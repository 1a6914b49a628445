using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Setup;

/// <summary>https://docs.stripe.com/api/setup_intents</summary>
internal static class SetupIntentRoutes
{
    private static readonly string[] OfAll =
    [
        "allowed_payment_method_types",
        "excluded_payment_method_types",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
    ];

    private static readonly string[] OfCreate =
    [
        "automatic_payment_methods",
        "confirm",
        "customer",
        "description",
        "mandate_data",
        "metadata",
        "payment_method_configuration",
        "return_url",
        "usage",
        "use_stripe_sdk",
    ];

    public static void MapSetupIntents(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/setup_intents", Create, [.. OfAll, .. OfCreate]);
        routes.Get("/v1/setup_intents", List, [.. ListPage.Parameters, "created", "customer", "payment_method"]);
        routes.Get("/v1/setup_intents/{id}", Get, "client_secret");
        routes.Post("/v1/setup_intents/{id}", Update, [.. OfAll, "customer", "description", "metadata"]);
        routes.Post("/v1/setup_intents/{id}/confirm", Confirm, [.. OfAll, "mandate_data", "return_url", "use_stripe_sdk"]);
        routes.Post("/v1/setup_intents/{id}/cancel", Cancel, "cancellation_reason");
    }

    private static IStripeAnswer Create(StripeCall call)
    {
        var form = call.Form;
        if (CustomerRoutes.Refusal(call, form.Over("customer", null)) is { } unknown)
            return unknown;
        var setup = With(call, new SimulatedSetup(StripeId.New("seti"), "requires_payment_method", call.LiveMode, call.State.Now));
        if (Method(call, setup, out var unusable) is not { } named)
            return unusable!;
        setup = call.State.Put(named with { Usage = form.Over("usage", null) ?? "off_session" });
        EventLog.Add(call.State, "setup_intent.created", setup);
        return form.IsTrue("confirm") ? Show(SettingUp.Confirm(call.State, setup, null)) : StripeJson.Ok(setup.ToJson());
    }

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Find(call, out var missing) is not { } setup)
            return missing!;
        if (setup.Status is "succeeded" or "canceled")
            return SettingUp.Unexpected(setup, "update");
        if (CustomerRoutes.Refusal(call, call.Form.Over("customer", null)) is { } unknown)
            return unknown;
        return Method(call, With(call, setup), out var unusable) is { } changed
            ? StripeJson.Ok(call.State.Put(changed).ToJson())
            : unusable!;
    }

    private static IStripeAnswer Confirm(StripeCall call) =>
        Find(call, out var missing) is { } setup
            ? Show(SettingUp.Confirm(call.State, setup, call.Form.Over("payment_method", null)))
            : missing!;

    private static IStripeAnswer Cancel(StripeCall call)
    {
        if (Find(call, out var missing) is not { } setup)
            return missing!;
        if (setup.Status is "succeeded" or "canceled")
            return SettingUp.Unexpected(setup, "cancel");
        var reason = call.Form.Over("cancellation_reason", null);
        var canceled = call.State.Put(setup with { Status = "canceled", CancellationReason = reason });
        EventLog.Add(call.State, "setup_intent.canceled", canceled);
        return StripeJson.Ok(canceled.ToJson());
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Find(call, out var missing) is { } setup ? StripeJson.Ok(setup.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedSetup>()
                .Where(s => Own.Asked(call, "customer", s.Customer) && Own.Asked(call, "payment_method", s.PaymentMethod)),
            "/v1/setup_intents",
            s => s.ToJson()
        );

    private static SimulatedSetup With(StripeCall call, SimulatedSetup setup) =>
        setup with
        {
            Customer = call.Form.Over("customer", setup.Customer),
            Description = call.Form.Over("description", setup.Description),
            AllowedPaymentMethodTypes = call.Form.List("allowed_payment_method_types") ?? setup.AllowedPaymentMethodTypes,
            Metadata = call.Form.MetadataOver(setup.Metadata),
        };

    private static SimulatedSetup? Method(StripeCall call, SimulatedSetup setup, out StripeError? unusable)
    {
        unusable = null;
        if (call.Form.Over("payment_method", null) is not { } asked)
            return setup;
        return MethodUse.Find(call.State, asked, call.LiveMode, setup.Customer, out unusable) is { } method
            ? setup with
            {
                PaymentMethod = method.Id,
                Status = "requires_confirmation",
            }
            : null;
    }

    private static SimulatedSetup? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedSetup>(call, "setupintent", "intent", out missing);

    private static IStripeAnswer Show(SetupChange change) => change.Error is null ? StripeJson.Ok(change.Setup.ToJson()) : change.Error;
}
