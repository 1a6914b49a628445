using System.Globalization;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Refunds;

/// <summary>What Stripe does not give back.</summary>
internal static class RefundRules
{
    private static readonly string[] Reasons = ["duplicate", "fraudulent", "requested_by_customer"];

    public static StripeError? OfForm(Form form)
    {
        if (form["payment_intent"] is null && form["charge"] is null)
            return StripeError.Parameter(
                "One of the following params should be provided for this request: payment_intent or charge.",
                code: "parameter_missing"
            );
        if (
            form["amount"] is { } text
            && (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount == 0)
        )
            return StripeError.Parameter($"Invalid integer: {text}", "amount", "parameter_invalid_integer");
        return form["reason"] is { } reason && !Reasons.Contains(reason)
            ? StripeError.Parameter($"Invalid reason: must be one of {string.Join(", ", Reasons)}", "reason")
            : null;
    }

    /// <param name="amount">Minor units.</param>
    /// <param name="lost">Whether the money is held back, or gone, because of a dispute.</param>
    public static StripeError? OfCharge(SimulatedCharge charge, long amount, bool lost)
    {
        if (!charge.Paid)
            return StripeError.Invalid(
                $"This PaymentIntent ({charge.PaymentIntent}) does not have a successful charge to refund.",
                "payment_intent"
            );
        if (lost)
            return StripeError.Invalid($"Charge {charge.Id} has been charged back; cannot issue a refund.", code: "charge_disputed");
        if (charge.AmountRefunded == charge.Amount)
            return StripeError.Invalid($"Charge {charge.Id} has already been refunded.", code: "charge_already_refunded");
        var left = charge.Amount - charge.AmountRefunded;
        return amount > left
            ? StripeError.Invalid(
                $"Refund amount ({Money(amount, charge)}) is greater than unrefunded amount on charge ({Money(left, charge)})",
                "amount"
            )
            : null;
    }

    private static string Money(long minor, SimulatedCharge charge) =>
        charge.Currency == "usd" ? $"${minor / 100m:0.00}" : $"{minor / 100m:0.00} {charge.Currency}";
}
