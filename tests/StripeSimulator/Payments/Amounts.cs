using System.Globalization;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>Which amounts of which currency can be charged.</summary>
internal static class Amounts
{
    public static StripeError? Refusal(string? text, string? currency)
    {
        if (text is null)
            return StripeError.Lacks("amount");
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
            return StripeError.Parameter($"Invalid integer: {text}", "amount", "parameter_invalid_integer");
        if (amount is < 1 or > 99_999_999)
            return StripeError.Parameter(
                "Amount must be between 1 and 99999999.",
                "amount",
                amount < 1 ? "parameter_invalid_integer" : "amount_too_large"
            );
        if (currency is null)
            return StripeError.Lacks("currency");
        return currency.Length != 3 || !currency.All(char.IsAsciiLetter)
            ? StripeError.Parameter($"Invalid currency: {currency}.", "currency")
            : null;
    }
}
