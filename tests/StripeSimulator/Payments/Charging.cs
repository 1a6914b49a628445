using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>Takes the money of a payment, or fails to. Each way keeps the payment and its charge, and says so in events.</summary>
internal static class Charging
{
    public static SimulatedPayment Succeed(
        StripeState state,
        SimulatedPayment payment,
        SimulatedPaymentMethod method,
        bool authenticated = false
    )
    {
        var charge = NewCharge(state, payment, method, "succeeded") with { Authenticated = authenticated };
        return Paid(state, payment, charge, method);
    }

    /// <summary>A debit is under way: it ends by itself, or by a control.</summary>
    public static SimulatedPayment Process(StripeState state, SimulatedPayment payment, SimulatedPaymentMethod method)
    {
        var charge = state.Put(NewCharge(state, payment, method, "pending"));
        var processing = state.Put(payment with { Status = "processing", LatestCharge = charge.Id, Failure = null });
        Due.In(state, processing.Id, method.Test.DelaySeconds);
        EventLog.Add(state, "charge.pending", charge);
        EventLog.Add(state, "payment_intent.processing", processing);
        Sessions.Follow(state, processing);
        return processing;
    }

    /// <summary>The customer is asked for 3-D Secure.</summary>
    public static SimulatedPayment Ask(StripeState state, SimulatedPayment payment)
    {
        var asking = state.Put(payment with { Status = "requires_action", Failure = null });
        EventLog.Add(state, "payment_intent.requires_action", asking);
        return asking;
    }

    public static PaymentChange Decline(StripeState state, SimulatedPayment payment, SimulatedPaymentMethod method, string declineCode)
    {
        var charge = state.Put(
            NewCharge(state, payment, method, "failed") with
            {
                DeclineCode = declineCode,
                Blocked = method.Test.Blocked,
            }
        );
        EventLog.Add(state, "charge.failed", charge);
        var failure = new PaymentFailure(declineCode, charge.Id, method);
        var failed = Fail(state, payment with { LatestCharge = charge.Id }, failure);
        return new(failed, failure.ToError() with { PaymentIntent = failed.ToJson() });
    }

    /// <summary>The attempt is over; another method may be tried.</summary>
    public static SimulatedPayment Fail(StripeState state, SimulatedPayment payment, PaymentFailure failure)
    {
        var failed = state.Put(payment with { Status = "requires_payment_method", PaymentMethod = null, Failure = failure });
        EventLog.Add(state, "payment_intent.payment_failed", failed);
        Sessions.Follow(state, failed);
        return failed;
    }

    public static SimulatedPayment Paid(StripeState state, SimulatedPayment payment, SimulatedCharge charge, SimulatedPaymentMethod? method)
    {
        var fee = SimulatedBalanceTransaction.FeeOf(charge.Amount);
        var kept = state.Put(
            charge with
            {
                Status = "succeeded",
                BalanceTransaction = SimulatedBalanceTransaction.Add(state, charge, "charge", charge.Id, charge.Amount, fee),
            }
        );
        var paid = state.Put(
            payment with
            {
                Status = "succeeded",
                AmountReceived = payment.Amount,
                LatestCharge = kept.Id,
                Failure = null,
            }
        );
        if (method is not null)
            Saving.AfterPayment(state, paid, method);
        EventLog.Add(state, "charge.succeeded", kept);
        EventLog.Add(state, "payment_intent.succeeded", paid);
        Sessions.Follow(state, paid);
        Aftermaths.Begin(state, kept);
        return paid;
    }

    public static SimulatedCharge NewCharge(StripeState state, SimulatedPayment payment, SimulatedPaymentMethod? method, string status) =>
        new(
            StripeId.New(method?.Test.Type == "sepa_debit" ? "py" : "ch"),
            payment.Id,
            payment.Amount,
            payment.Currency,
            status,
            payment.Livemode,
            state.Now
        )
        {
            Customer = payment.Customer,
            PaymentMethod = method?.Id,
            Method = method,
            Billing = method?.Billing ?? new BillingDetails(),
            Description = payment.Description,
            ReceiptEmail = payment.ReceiptEmail,
            Metadata = payment.Metadata,
        };
}
