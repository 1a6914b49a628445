using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Payments;

/// <summary>Whether a payment method stays with the customer.</summary>
internal static class Saving
{
    public static void AfterPayment(StripeState state, SimulatedPayment paid, SimulatedPaymentMethod method)
    {
        if (paid.Customer is { } customer && paid.SetupFutureUsage is { } usage)
            Attach(state, method, customer, setUp: usage == "off_session");
        else if (method.Customer is null)
            state.Put(method with { Spent = true });
    }

    public static SimulatedPaymentMethod Attach(StripeState state, SimulatedPaymentMethod method, string customer, bool setUp)
    {
        var attached = state.Put(method with { Customer = customer, SetUp = method.SetUp || setUp });
        if (method.Customer is null)
            EventLog.Add(state, "payment_method.attached", attached);
        return attached;
    }

    /// <summary>For good: it can't be attached again.</summary>
    public static SimulatedPaymentMethod Detach(StripeState state, SimulatedPaymentMethod method)
    {
        var detached = state.Put(method with { Customer = null, Spent = true, SetUp = false });
        EventLog.Updated(state, "payment_method.detached", method, detached);
        return detached;
    }
}
