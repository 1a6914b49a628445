using System.Globalization;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents/update</summary>
internal static class UpdatePayment
{
    // What a payment that is over, or under way, no longer takes.
    private static readonly string[] OfOpen = ["amount", "currency", "customer", "payment_method", "setup_future_usage"];

    public static IStripeAnswer Run(StripeCall call)
    {
        if (PaymentIntentCalls.Find(call, out var missing) is not { } payment)
            return missing!;
        var form = call.Form;
        if (payment.Status is "succeeded" or "canceled" or "processing" && form.Names().Any(OfOpen.Contains))
            return Confirmation.Unexpected(payment, "update");
        if (CustomerRoutes.Refusal(call, form.Over("customer", null)) is { } unknown)
            return unknown;
        if (Priced(form, payment, out var wrong) is not { } priced)
            return wrong!;
        var changed = priced with
        {
            Customer = form.Over("customer", payment.Customer),
            SetupFutureUsage = form.Over("setup_future_usage", payment.SetupFutureUsage),
            AllowedPaymentMethodTypes = form.List("allowed_payment_method_types") ?? payment.AllowedPaymentMethodTypes,
            Description = form.Over("description", payment.Description),
            ReceiptEmail = form.Over("receipt_email", payment.ReceiptEmail),
            Metadata = form.MetadataOver(payment.Metadata),
        };
        return WithMethod(call, changed, out var unusable) is { } whole ? PaymentIntentCalls.Show(call.State.Put(whole)) : unusable!;
    }

    private static SimulatedPayment? Priced(Form form, SimulatedPayment payment, out StripeError? wrong)
    {
        wrong = null;
        if (form["amount"] is null && form["currency"] is null)
            return payment;
        var amount = form["amount"] ?? payment.Amount.ToString(CultureInfo.InvariantCulture);
        var currency = form["currency"] ?? payment.Currency;
        wrong = Amounts.Refusal(amount, currency);
        return wrong is null
            ? payment with
            {
                Amount = long.Parse(amount, CultureInfo.InvariantCulture),
                Currency = currency.ToLowerInvariant(),
            }
            : null;
    }

    private static SimulatedPayment? WithMethod(StripeCall call, SimulatedPayment payment, out StripeError? unusable)
    {
        unusable = null;
        if (call.Form.Over("payment_method", null) is not { } asked)
            return payment;
        return MethodUse.Find(call.State, asked, call.LiveMode, payment.Customer, out unusable) is { } method
            ? payment with
            {
                PaymentMethod = method.Id,
                Status = "requires_confirmation",
            }
            : null;
    }
}
