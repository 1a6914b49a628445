using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Payments;

/// <summary>The end of a payment that waited: for the customer's 3-D Secure, or for a bank.</summary>
internal static class Finishing
{
    private const string DebitReturned = "insufficient_funds";

    /// <returns>Null when the payment waits for nothing.</returns>
    public static SimulatedPayment? Finish(StripeState state, SimulatedPayment payment, bool succeeds) =>
        payment.Status switch
        {
            "requires_action" => Authenticated(state, payment, succeeds),
            "processing" => Processed(state, payment, succeeds),
            _ => null,
        };

    public static void ByItself(StripeState state, SimulatedPayment payment)
    {
        if (payment.Status == "processing")
            Processed(state, payment, succeeds: MethodOf(state, payment)?.Test.DeclineCode is null);
    }

    private static SimulatedPayment Authenticated(StripeState state, SimulatedPayment payment, bool passes)
    {
        var method = MethodOf(state, payment)!;
        if (!passes)
            return Charging.Fail(state, payment, new PaymentFailure(PaymentFailure.NotAuthenticated, null, method));
        return method.Test.DeclineCode is { } declined
            ? Charging.Decline(state, payment, method, declined).Payment
            : Charging.Succeed(state, payment, method, authenticated: true);
    }

    private static SimulatedPayment Processed(StripeState state, SimulatedPayment payment, bool succeeds)
    {
        Due.Never(state, payment.Id);
        var method = MethodOf(state, payment);
        var charge = state.Find<SimulatedCharge>(payment.LatestCharge!)!;
        if (succeeds)
            return Charging.Paid(state, payment, charge, method);
        var failed = state.Put(charge with { Status = "failed", DeclineCode = DebitReturned });
        EventLog.Add(state, "charge.failed", failed);
        return Charging.Fail(state, payment, new PaymentFailure(DebitReturned, failed.Id, method));
    }

    private static SimulatedPaymentMethod? MethodOf(StripeState state, SimulatedPayment payment) =>
        payment.PaymentMethod is { } id ? state.Find<SimulatedPaymentMethod>(id) : null;
}
