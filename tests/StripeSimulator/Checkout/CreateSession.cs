using System.Globalization;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>https://docs.stripe.com/api/checkout/sessions/create</summary>
internal static class CreateSession
{
    private const long Shortest = 30 * 60;
    private const long Longest = 24 * 60 * 60;

    public static IStripeAnswer Run(StripeCall call)
    {
        if (Refusal(call) is { } wrong)
            return wrong;
        var session = New(call);
        if (session.Mode == SimulatedSession.Payment)
        {
            session = session with { Items = LineItems.Read(call.Form, out var unreadable), Currency = LineItems.Currency(call.Form) };
            if ((unreadable ?? Amounts.Refusal($"{session.Total}", session.Currency)) is { } impossible)
                return impossible;
        }
        else
        {
            session = session with { SetupIntent = Setup(call, session).Id, PaymentStatus = "no_payment_required" };
        }
        call.State.Put(session);
        Due.In(call.State, session.Id, session.ExpiresAt - call.State.Now);
        return StripeJson.Ok(session.ToJson());
    }

    private static StripeError? Refusal(StripeCall call)
    {
        var form = call.Form;
        if (form["mode"] is not (SimulatedSession.Payment or SimulatedSession.Setup))
            return form["mode"] is null
                ? StripeError.Lacks("mode")
                : StripeError.Parameter("Only payment and setup are simulated.", "mode");
        if (form["success_url"] is null)
            return StripeError.Lacks("success_url");
        foreach (var name in (string[])["success_url", "cancel_url"])
            if (form[name] is { } url && !IsWeb(url))
                return StripeError.Parameter("Not a valid URL", name, "url_invalid");
        if (form["mode"] == SimulatedSession.Payment && !form.Names().Contains("line_items"))
            return StripeError.Lacks("line_items");
        if (form["mode"] == SimulatedSession.Setup && form["currency"] is null && form.List("allowed_payment_method_types") is null)
            return StripeError.Lacks("currency");
        var expires = ExpiresAt(call);
        if (expires is null || expires - call.State.Now is < Shortest or > Longest)
            return StripeError.Parameter(
                "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.",
                "expires_at"
            );
        return CustomerRoutes.Refusal(call, form.Over("customer", null));
    }

    // A template is no address until the id stands in it.
    private static bool IsWeb(string url) =>
        Uri.TryCreate(url.Replace("{CHECKOUT_SESSION_ID}", "cs", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);

    private static long? ExpiresAt(StripeCall call) =>
        call.Form["expires_at"] is not { } text ? call.State.Now + Longest
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at
        : null;

    private static SimulatedSession New(StripeCall call)
    {
        var form = call.Form;
        var id = StripeId.New(call.LiveMode ? "cs_live" : "cs_test");
        return new SimulatedSession(id, form["mode"]!, $"{call.Origin}/checkout/{id}", call.LiveMode, call.State.Now)
        {
            ExpiresAt = ExpiresAt(call)!.Value,
            SuccessUrl = form["success_url"]!,
            CancelUrl = form.Over("cancel_url", null),
            ClientReferenceId = form.Over("client_reference_id", null),
            Customer = form.Over("customer", null),
            MakesCustomer = form["customer_creation"] == "always",
            Email = form.Over("customer_email", null),
            Currency = form.Over("currency", null),
            AllowedPaymentMethodTypes = form.List("allowed_payment_method_types"),
            Metadata = form.Metadata(),
            Data = new PaymentData(
                form.Over("payment_intent_data[description]", null),
                form.Over("payment_intent_data[receipt_email]", null),
                form.Over("payment_intent_data[setup_future_usage]", null)
            )
            {
                Metadata = form.Metadata("payment_intent_data[metadata]"),
            },
        };
    }

    private static SimulatedSetup Setup(StripeCall call, SimulatedSession session)
    {
        var setup = call.State.Put(
            new SimulatedSetup(StripeId.New("seti"), "requires_payment_method", call.LiveMode, call.State.Now)
            {
                Customer = session.Customer,
                Description = call.Form.Over("setup_intent_data[description]", null),
                AllowedPaymentMethodTypes = session.AllowedPaymentMethodTypes,
                Metadata = call.Form.Metadata("setup_intent_data[metadata]"),
            }
        );
        EventLog.Add(call.State, "setup_intent.created", setup);
        return setup;
    }
}
