using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>What confirming does to a payment, by its payment method.</summary>
internal static class Confirmation
{
    public static (SimulatedPayment Payment, StripeError? Error) Confirm(SimulatedPayment payment, string? method, Failure? failure)
    {
        if (payment.Status is "succeeded" or "canceled" or "processing")
            return (payment, Unexpected(payment, "confirm"));
        method ??= payment.PaymentMethod;
        if (method is null)
            return (
                payment,
                StripeError.Invalid(
                    "You cannot confirm this PaymentIntent because it's missing a payment method.",
                    code: "payment_intent_unexpected_state"
                )
            );
        if (!Declines.IsKnown(method))
            return (payment, StripeError.Invalid($"No such PaymentMethod: '{method}'", "payment_method", "resource_missing"));

        var with = payment with { PaymentMethod = method };
        var declined = failure?.Kind == FailureKind.Decline ? "generic_decline" : Declines.CodeOf(method);
        if (declined is not null)
        {
            var after = with.Decline(declined);
            return (after, Declines.Error(declined) with { PaymentIntent = after.ToJson(expandCharge: false) });
        }
        return method switch
        {
            Declines.Action => (with with { Status = "requires_action" }, null),
            Declines.Dispute => (with.Succeed() with { Disputed = true }, null),
            _ => (with.Succeed(), null),
        };
    }

    public static StripeError Unexpected(SimulatedPayment payment, string verb) =>
        StripeError.Invalid(
            $"You cannot {verb} this PaymentIntent because it has a status of {payment.Status}.",
            code: "payment_intent_unexpected_state"
        );
}
