using System.Globalization;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>Which amounts of which currency can be charged.</summary>
internal static class Amounts
{
    public static StripeError? Refusal(string? text, string? given)
    {
        if (text is null)
            return StripeError.Lacks("amount");
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
            return StripeError.Parameter($"Invalid integer: {text}", "amount", "parameter_invalid_integer");
        if (amount < 1)
            return StripeError.Parameter("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer");
        if (given is null)
            return StripeError.Lacks("currency");
        var currency = given.ToLowerInvariant();
        return Currencies.IsKnown(currency)
            ? Refusal(amount, currency)
            : StripeError.Parameter($"Invalid currency: {given}. Stripe currently supports these currencies: usd, aed, afn, …", "currency");
    }

    private static StripeError? Refusal(long amount, string currency)
    {
        var (least, most, step) = (Currencies.LeastOf(currency), Currencies.MostOf(currency), Currencies.StepOf(currency));
        if (amount < least)
            return StripeError.Parameter($"Amount must be at least {least} {currency}.", "amount", "amount_too_small");
        if (amount > most)
            return StripeError.Parameter($"Amount must be no more than {most} {currency}.", "amount", "amount_too_large");
        return amount % step == 0
            ? null
            : StripeError.Parameter($"Invalid amount: amounts in {currency} have to be a multiple of {step}.", "amount");
    }
}
