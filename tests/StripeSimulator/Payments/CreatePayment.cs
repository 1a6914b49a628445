using System.Globalization;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents/create</summary>
internal static class CreatePayment
{
    public static IStripeAnswer Run(StripeCall call)
    {
        var form = call.Form;
        if (Amounts.Refusal(form["amount"], form["currency"]) is { } wrong)
            return wrong;
        if (form.IsTrue("off_session") && !form.IsTrue("confirm"))
            return StripeError.Parameter("off_session can only be used when confirm is true.", "off_session");
        if (CustomerRoutes.Refusal(call, form.Over("customer", null)) is { } unknown)
            return unknown;
        var method = form.Over("payment_method", null);
        if (method is not null)
        {
            if (MethodUse.Find(call.State, method, call.LiveMode, form["customer"], out var unusable) is not { } usable)
                return unusable!;
            method = usable.Id;
        }
        var payment = call.State.Put(New(call, method));
        EventLog.Add(call.State, "payment_intent.created", payment);
        if (!form.IsTrue("confirm"))
            return PaymentIntentCalls.Show(payment);
        var (confirmed, error) = Confirmation.Confirm(call.State, payment, Terms(call));
        return error is null ? PaymentIntentCalls.Show(confirmed) : error;
    }

    public static ConfirmTerms Terms(StripeCall call) =>
        new(
            null,
            OffSession: call.Form["off_session"] is not (null or "" or "false"),
            NoAction: call.Form.IsTrue("error_on_requires_action"),
            call.Failure?.Kind == FailureKind.Decline ? "generic_decline" : null
        );

    private static SimulatedPayment New(StripeCall call, string? method) =>
        new(
            StripeId.New("pi"),
            long.Parse(call.Form["amount"]!, CultureInfo.InvariantCulture),
            call.Form["currency"]!.ToLowerInvariant(),
            method is null ? "requires_payment_method" : "requires_confirmation",
            call.LiveMode,
            call.State.Now
        )
        {
            Customer = call.Form.Over("customer", null),
            PaymentMethod = method,
            SetupFutureUsage = call.Form.Over("setup_future_usage", null),
            AllowedPaymentMethodTypes = call.Form.List("allowed_payment_method_types"),
            Description = call.Form.Over("description", null),
            ReceiptEmail = call.Form.Over("receipt_email", null),
            Metadata = call.Form.Metadata(),
        };
}
