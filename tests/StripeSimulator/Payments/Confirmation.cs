using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <param name="Method">Null for the payment's own.</param>
/// <param name="OffSession">The customer is not there to answer questions.</param>
/// <param name="NoAction">A question to the customer counts as a decline.</param>
/// <param name="DeclineCode">Declined with this, whatever the method; null for as the method does.</param>
internal sealed record ConfirmTerms(string? Method, bool OffSession = false, bool NoAction = false, string? DeclineCode = null);

/// <summary>How a call ended for a payment.</summary>
/// <param name="Error">Null when it was done. A card error leaves its mark on the payment.</param>
internal sealed record PaymentChange(SimulatedPayment Payment, StripeError? Error = null);

/// <summary>What confirming does to a payment, by its payment method.</summary>
internal static class Confirmation
{
    public static PaymentChange Confirm(StripeState state, SimulatedPayment payment, ConfirmTerms terms)
    {
        if (payment.Status is "succeeded" or "canceled" or "processing" or "requires_capture")
            return new(payment, Unexpected(payment, "confirm"));
        if ((terms.Method ?? payment.PaymentMethod) is not { } asked)
            return new(
                payment,
                StripeError.Invalid(
                    "You cannot confirm this PaymentIntent because it's missing a payment method.",
                    code: "payment_intent_unexpected_state"
                )
            );
        if (MethodUse.Find(state, asked, payment.Livemode, payment.Customer, out var unusable) is not { } method)
            return new(payment, unusable);
        if (payment.AllowedPaymentMethodTypes is { } allowed && !allowed.Contains(method.Test.Type))
            return new(payment, Incompatible(method));
        return Confirm(state, payment with { PaymentMethod = method.Id }, method, terms);
    }

    private static PaymentChange Confirm(StripeState state, SimulatedPayment payment, SimulatedPaymentMethod method, ConfirmTerms terms)
    {
        var declined = terms.DeclineCode ?? method.Test.DeclineCode;
        if (method.Test.Type == "sepa_debit")
            return new(Charging.Process(state, payment, method));
        if (!Asks(method, terms.OffSession))
            return declined is null ? new(Charging.Succeed(state, payment, method)) : Charging.Decline(state, payment, method, declined);
        if (terms.OffSession || terms.NoAction)
            return Charging.Decline(state, payment, method, Declines.Authentication);
        return new(Charging.Ask(state, payment));
    }

    private static bool Asks(SimulatedPaymentMethod method, bool offSession) =>
        method.Test.Authentication switch
        {
            Authentication.Always => true,
            Authentication.UnlessSetUp => !(offSession && method.SetUp),
            Authentication.OnSession => !offSession,
            _ => false,
        };

    private static StripeError Incompatible(SimulatedPaymentMethod method) =>
        StripeError.Invalid(
            $"The PaymentMethod provided ({method.Test.Type}) is not allowed for this PaymentIntent.",
            "payment_method",
            "payment_intent_incompatible_payment_method"
        );

    public static StripeError Unexpected(SimulatedPayment payment, string verb) =>
        StripeError.Invalid(
            $"You cannot {verb} this PaymentIntent because it has a status of {payment.Status}.",
            code: "payment_intent_unexpected_state"
        );
}
