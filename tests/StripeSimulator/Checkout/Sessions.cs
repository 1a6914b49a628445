using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>What the customer types on the page.</summary>
/// <param name="Method">The name of a test payment method.</param>
internal sealed record Typed(string Method, string? Email = null, string? Name = null, string? Country = null);

/// <summary>The life of a session.</summary>
internal static class Sessions
{
    /// <returns>What was refused, or null. The customer may be asked for 3-D Secure then.</returns>
    public static StripeError? Submit(StripeState state, SimulatedSession session, Typed typed)
    {
        if (!session.IsOpen)
            return StripeError.Invalid($"This Checkout Session is {session.Status}.");
        if (TestMethods.Find(typed.Method) is null)
            return StripeError.Invalid($"No such PaymentMethod: '{typed.Method}'", "payment_method", "resource_missing");
        var made = MethodUse.Make(state, typed.Method, session.Livemode);
        var billing = new BillingDetails(typed.Email ?? session.Email, typed.Name, null, new StripeAddress(Country: typed.Country));
        var method = state.Put(made with { Billing = billing });
        session = state.Put(WithCustomer(state, session with { Email = session.Email ?? typed.Email }));
        if (session.Mode == SimulatedSession.Setup)
            return SettingUp.Confirm(state, state.Find<SimulatedSetup>(session.SetupIntent!)!, method.Id).Error;
        var payment = session.PaymentIntent is { } begun ? state.Find<SimulatedPayment>(begun)! : NewPayment(state, session);
        state.Put(session with { PaymentIntent = payment.Id });
        return Confirmation.Confirm(state, payment, new ConfirmTerms(method.Id)).Error;
    }

    /// <summary>A payment was taken, is under way, or failed: if it is a session's, the session says so.</summary>
    public static void Follow(StripeState state, SimulatedPayment payment)
    {
        if (state.All<SimulatedSession>().FirstOrDefault(s => s.PaymentIntent == payment.Id) is not { } session)
            return;
        var paid = payment.Status == "succeeded";
        if (session.IsOpen && (paid || payment.Status == "processing"))
            Complete(state, session with { PaymentStatus = paid ? "paid" : "unpaid" });
        else if (session is { Status: "complete", PaymentStatus: "unpaid" } && payment.Status != "processing")
            EventLog.Add(
                state,
                $"checkout.session.async_payment_{(paid ? "succeeded" : "failed")}",
                state.Put(session with { PaymentStatus = paid ? "paid" : "unpaid" })
            );
    }

    public static void Follow(StripeState state, SimulatedSetup setup)
    {
        if (state.All<SimulatedSession>().FirstOrDefault(s => s.IsOpen && s.SetupIntent == setup.Id) is { } session)
            Complete(state, session);
    }

    public static SimulatedSession Expire(StripeState state, SimulatedSession session)
    {
        Due.Never(state, session.Id);
        var expired = state.Put(session with { Status = "expired" });
        EventLog.Add(state, "checkout.session.expired", expired);
        return expired;
    }

    private static void Complete(StripeState state, SimulatedSession session)
    {
        Due.Never(state, session.Id);
        EventLog.Add(state, "checkout.session.completed", state.Put(session with { Status = "complete" }));
    }

    private static SimulatedSession WithCustomer(StripeState state, SimulatedSession session)
    {
        if (!session.MakesCustomer || session.Customer is not null)
            return session;
        var customer = new SimulatedCustomer(StripeId.New("cus"), session.Livemode, state.Now) { Email = session.Email };
        EventLog.Add(state, "customer.created", state.Put(customer));
        return session with { Customer = customer.Id };
    }

    private static SimulatedPayment NewPayment(StripeState state, SimulatedSession session)
    {
        var payment = state.Put(
            new SimulatedPayment(
                StripeId.New("pi"),
                session.Total,
                session.Currency!,
                "requires_payment_method",
                session.Livemode,
                state.Now
            )
            {
                Customer = session.Customer,
                SetupFutureUsage = session.Data.SetupFutureUsage,
                AllowedPaymentMethodTypes = session.AllowedPaymentMethodTypes,
                Description = session.Data.Description,
                ReceiptEmail = session.Data.ReceiptEmail,
                Metadata = session.Data.Metadata,
            }
        );
        EventLog.Add(state, "payment_intent.created", payment);
        return payment;
    }
}
