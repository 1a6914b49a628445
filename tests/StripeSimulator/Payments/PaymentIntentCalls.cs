using System.Globalization;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>What can be asked about, and done with, a payment that exists.</summary>
internal static class PaymentIntentCalls
{
    public static IStripeAnswer Get(StripeCall call) => Find(call, out var missing) is { } payment ? Show(call, payment) : missing!;

    public static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedPayment>().Where(p => Own.Asked(call, "customer", p.Customer)),
            "/v1/payment_intents",
            p => p.ToJson()
        );

    public static IStripeAnswer Update(StripeCall call)
    {
        if (Find(call, out var missing) is not { } payment)
            return missing!;
        var form = call.Form;
        var money = form["amount"] ?? form["currency"] ?? form["payment_method"] ?? form["setup_future_usage"] ?? form["customer"];
        if (money is not null && payment.Status is "succeeded" or "canceled" or "processing")
            return Confirmation.Unexpected(payment, "update");
        var amount = form["amount"] ?? payment.Amount.ToString(CultureInfo.InvariantCulture);
        if (money is not null && Amounts.Refusal(amount, form["currency"] ?? payment.Currency) is { } wrong)
            return wrong;
        var customer = form.Over("customer", payment.Customer);
        var method = payment.PaymentMethod;
        if (form.Over("payment_method", null) is { } asked)
        {
            if (MethodUse.Find(call.State, asked, call.LiveMode, customer, out var unusable) is not { } usable)
                return unusable!;
            method = usable.Id;
        }
        var changed = payment with
        {
            Amount = long.Parse(amount, CultureInfo.InvariantCulture),
            Currency = (form["currency"] ?? payment.Currency).ToLowerInvariant(),
            Customer = customer,
            PaymentMethod = method,
            Status = payment.Status == "requires_payment_method" && method is not null ? "requires_confirmation" : payment.Status,
            SetupFutureUsage = form.Over("setup_future_usage", payment.SetupFutureUsage),
            AllowedPaymentMethodTypes = form.List("allowed_payment_method_types") ?? payment.AllowedPaymentMethodTypes,
            Description = form.Over("description", payment.Description),
            ReceiptEmail = form.Over("receipt_email", payment.ReceiptEmail),
            Metadata = form.MetadataOver(payment.Metadata),
        };
        return Show(call, call.State.Put(changed));
    }

    public static IStripeAnswer Confirm(StripeCall call)
    {
        if (Find(call, out var missing) is not { } payment)
            return missing!;
        var form = call.Form;
        var with = payment with
        {
            AllowedPaymentMethodTypes = form.List("allowed_payment_method_types") ?? payment.AllowedPaymentMethodTypes,
            ReceiptEmail = form.Over("receipt_email", payment.ReceiptEmail),
            SetupFutureUsage = form.Over("setup_future_usage", payment.SetupFutureUsage),
        };
        var terms = CreatePayment.Terms(call) with { Method = form.Over("payment_method", null) };
        var (confirmed, error) = Confirmation.Confirm(call.State, with, terms);
        return error is null ? Show(call, confirmed) : error;
    }

    public static IStripeAnswer Cancel(StripeCall call)
    {
        if (Find(call, out var missing) is not { } payment)
            return missing!;
        if (payment.Status is "succeeded" or "canceled" or "processing")
            return Confirmation.Unexpected(payment, "cancel");
        var canceled = call.State.Put(
            payment with
            {
                Status = "canceled",
                CanceledAt = call.State.Now,
                CancellationReason = call.Form.Over("cancellation_reason", null),
            }
        );
        EventLog.Add(call.State, "payment_intent.canceled", canceled);
        return Show(call, canceled);
    }

    public static IStripeAnswer Show(StripeCall call, SimulatedPayment payment) => StripeJson.Ok(payment.ToJson());

    private static SimulatedPayment? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedPayment>(call, "payment_intent", "intent", out missing);
}
