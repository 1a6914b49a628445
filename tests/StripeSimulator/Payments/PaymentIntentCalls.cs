using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>What can be asked about, and done with, a payment that exists.</summary>
internal static class PaymentIntentCalls
{
    public static IStripeAnswer Get(StripeCall call) => Find(call, out var missing) is { } payment ? Show(payment) : missing!;

    public static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedPayment>().Where(p => Own.Asked(call, "customer", p.Customer)),
            "/v1/payment_intents",
            p => p.ToJson()
        );

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
        return error is null ? Show(confirmed) : error;
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
        return Show(canceled);
    }

    public static IStripeAnswer Show(SimulatedPayment payment) => StripeJson.Ok(payment.ToJson());

    public static SimulatedPayment? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedPayment>(call, "payment_intent", "intent", out missing);
}
