using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Customers;

/// <summary>https://docs.stripe.com/api/customers</summary>
internal static class CustomerRoutes
{
    private static readonly string[] OfBoth =
    [
        "address",
        "balance",
        "business_name",
        "description",
        "email",
        "individual_name",
        "invoice_prefix",
        "invoice_settings",
        "metadata",
        "name",
        "phone",
        "preferred_locales",
        "shipping",
        "tax",
        "tax_exempt",
    ];

    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/customers", Create, [.. OfBoth, "payment_method", "tax_id_data", "test_clock"]);
        routes.Get("/v1/customers", List, [.. ListPage.Parameters, "created", "email", "test_clock"]);
        routes.Get("/v1/customers/{id}", Get);
        routes.Post("/v1/customers/{id}", Update, OfBoth);
        routes.Delete("/v1/customers/{id}", Delete);
        routes.Get("/v1/customers/{id}/payment_methods", Methods, [.. ListPage.Parameters, "allow_redisplay", "type"]);
    }

    /// <summary>Why a call can't be for this customer; null when it can, or is for none.</summary>
    public static StripeError? Refusal(StripeCall call, string? id) =>
        id is not null && (call.State.Find<SimulatedCustomer>(id) is not { Deleted: false } customer || customer.Livemode != call.LiveMode)
            ? StripeError.Invalid($"No such customer: '{id}'", "customer", "resource_missing")
            : null;

    private static IStripeAnswer Create(StripeCall call)
    {
        var customer = call.State.Put(With(call, new SimulatedCustomer(StripeId.New("cus"), call.LiveMode, call.State.Now)));
        EventLog.Add(call.State, "customer.created", customer);
        if (call.Form.Over("payment_method", null) is { } asked)
        {
            if (MethodUse.Find(call.State, asked, call.LiveMode, customer.Id, out var unusable) is not { } method)
                return unusable!;
            if (!method.Test.Attachable)
                return Declines.Error(method.Test.DeclineCode!);
            Saving.Attach(call.State, method, customer.Id, setUp: false);
        }
        return StripeJson.Ok(customer.ToJson());
    }

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Find(call, out var missing) is not { } customer)
            return missing!;
        if (customer.Deleted)
            return StripeError.Missing("customer", call.Id, "customer");
        var changed = With(call, customer);
        if (changed.DefaultPaymentMethod is { } method && call.State.Find<SimulatedPaymentMethod>(method)?.Customer != customer.Id)
            return StripeError.Invalid(
                $"The customer does not have a payment method with the ID {method}. The payment method must be attached to the customer.",
                "invoice_settings[default_payment_method]",
                "resource_missing"
            );
        call.State.Put(changed);
        EventLog.Updated(call.State, "customer.updated", customer, changed);
        return StripeJson.Ok(changed.ToJson());
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Find(call, out var missing) is { } customer ? StripeJson.Ok(customer.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedCustomer>().Where(c => !c.Deleted && Own.Asked(call, "email", c.Email)),
            "/v1/customers",
            c => c.ToJson()
        );

    /// <summary>Its payment methods are detached with it, for good.</summary>
    private static IStripeAnswer Delete(StripeCall call)
    {
        if (Find(call, out var missing) is not { } customer)
            return missing!;
        foreach (var method in call.State.All<SimulatedPaymentMethod>().Where(m => m.Customer == customer.Id))
            Saving.Detach(call.State, method);
        if (!customer.Deleted)
            EventLog.Add(call.State, "customer.deleted", customer);
        return StripeJson.Ok(call.State.Put(customer with { Deleted = true }).ToJson());
    }

    private static IStripeAnswer Methods(StripeCall call) =>
        Find(call, out var missing) is { } customer
            ? PaymentMethodRoutes.ListOf(call, customer.Id, $"/v1/customers/{customer.Id}/payment_methods")
            : missing!;

    private static SimulatedCustomer? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedCustomer>(call, "customer", "id", out missing);

    private static SimulatedCustomer With(StripeCall call, SimulatedCustomer customer)
    {
        var form = call.Form;
        return customer with
        {
            Email = form.Over("email", customer.Email),
            Name = form.Over("name", customer.Name),
            Phone = form.Over("phone", customer.Phone),
            Description = form.Over("description", customer.Description),
            TaxExempt = form.Over("tax_exempt", customer.TaxExempt) ?? "none",
            Address = form["address"] is "" ? null : StripeAddress.Read(form, "address", customer.Address),
            DefaultPaymentMethod = form.Over("invoice_settings[default_payment_method]", customer.DefaultPaymentMethod),
            Metadata = form.MetadataOver(customer.Metadata),
        };
    }
}
