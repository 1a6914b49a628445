using System.Globalization;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Methods;

/// <summary>https://docs.stripe.com/api/payment_methods</summary>
internal static class PaymentMethodRoutes
{
    public static void MapPaymentMethods(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/payment_methods", Create, "allow_redisplay", "billing_details", "card", "metadata", "type");
        routes.Get("/v1/payment_methods", List, [.. ListPage.Parameters, "allow_redisplay", "customer", "type"]);
        routes.Get("/v1/payment_methods/{id}", Get);
        routes.Post("/v1/payment_methods/{id}", Update, "allow_redisplay", "billing_details", "card", "metadata");
        routes.Post("/v1/payment_methods/{id}/attach", Attach, "customer", "customer_account");
        routes.Post("/v1/payment_methods/{id}/detach", Detach);
    }

    public static IStripeAnswer ListOf(StripeCall call, string customer, string url) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedPaymentMethod>().Where(m => m.Customer == customer && Own.Asked(call, "type", m.Test.Type)),
            url,
            m => m.ToJson()
        );

    /// <summary>From a test token, such as tok_visa: numbers of cards belong to Stripe's own pages.</summary>
    private static IStripeAnswer Create(StripeCall call)
    {
        var form = call.Form;
        if (form["type"] is not { } type)
            return StripeError.Lacks("type");
        var token = form["card[token]"] is { } tok && tok.StartsWith("tok_", StringComparison.Ordinal) ? $"pm_card_{tok[4..]}" : null;
        if (type != "card" || token is null || TestMethods.Find(token) is null)
            return StripeError.Invalid($"No such token: '{form["card[token]"]}'", "card[token]", "resource_missing");
        var method = MethodUse.Make(call.State, token, call.LiveMode);
        var made = method with { Billing = BillingDetails.Read(form, "billing_details", method.Billing), Metadata = form.Metadata() };
        return StripeJson.Ok(call.State.Put(made).ToJson());
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Find(call, out var missing) is { } method ? StripeJson.Ok(method.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        call.Form["customer"] is { } customer ? ListOf(call, customer, "/v1/payment_methods") : StripeError.Lacks("customer");

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Find(call, out var missing) is not { } method)
            return missing!;
        if (method.Customer is null)
            return StripeError.Invalid(
                "You must save this PaymentMethod to a customer before you can update it.",
                code: "payment_method_unexpected_state"
            );
        var changed = method with
        {
            Billing = BillingDetails.Read(call.Form, "billing_details", method.Billing),
            ExpMonth = Number(call, "card[exp_month]") ?? method.ExpMonth,
            ExpYear = Number(call, "card[exp_year]") ?? method.ExpYear,
            Metadata = call.Form.MetadataOver(method.Metadata),
        };
        call.State.Put(changed);
        EventLog.Updated(call.State, "payment_method.updated", method, changed);
        return StripeJson.Ok(changed.ToJson());
    }

    private static IStripeAnswer Attach(StripeCall call)
    {
        if (call.Form["customer"] is not { } customer)
            return StripeError.Lacks("customer");
        if (CustomerRoutes.Refusal(call, customer) is { } unknown)
            return unknown;
        if (MethodUse.Find(call.State, call.Id, call.LiveMode, customer, out var unusable) is not { } method)
            return unusable!;
        if (!method.Test.Attachable)
            return Declines.Error(method.Test.DeclineCode!) with { PaymentMethod = method.ToJson() };
        return StripeJson.Ok(Saving.Attach(call.State, method, customer, setUp: false).ToJson());
    }

    private static IStripeAnswer Detach(StripeCall call)
    {
        if (Find(call, out var missing) is not { } method)
            return missing!;
        return method.Customer is null
            ? StripeError.Invalid(
                "The payment method you provided is not attached to a customer so detachment is impossible.",
                code: "payment_method_unexpected_state"
            )
            : StripeJson.Ok(Saving.Detach(call.State, method).ToJson());
    }

    private static SimulatedPaymentMethod? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedPaymentMethod>(call, "PaymentMethod", "payment_method", out missing);

    private static int? Number(StripeCall call, string name) =>
        int.TryParse(call.Form[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
