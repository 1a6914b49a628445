namespace MPanel.Jobs.Payments;

/// <summary>
/// How many decimals Stripe's minor units stand for. Stripe's table, not ISO 4217's: see https://docs.stripe.com/currencies
/// (zero-decimal, three-decimal and special cases).
/// </summary>
public static class CurrencyExponents
{
    /// <summary>The most a money column holds: numeric(14,3).</summary>
    private const decimal Largest = 99_999_999_999.999m;

    private static readonly HashSet<string> ZeroDecimal = new(StringComparer.Ordinal)
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    };

    private static readonly HashSet<string> ThreeDecimal = new(StringComparer.Ordinal) { "BHD", "JOD", "KWD", "OMR", "TND" };

    // They have no fractions any more, yet Stripe keeps writing them with two decimals that are always 00. As zero-decimal
    // currencies every amount would be a hundred times too large.
    private static readonly HashSet<string> WholeUnitsInHundredths = new(StringComparer.Ordinal) { "ISK", "UGX" };

    /// <param name="currency">Three letters of any case.</param>
    /// <returns>0, 2 or 3; null when <paramref name="currency"/> isn't three ASCII letters.</returns>
    public static int? Of(string currency) =>
        Normalize(currency) is not { } code ? null
        : ZeroDecimal.Contains(code) ? 0
        : ThreeDecimal.Contains(code) ? 3
        : 2;

    /// <summary>Upper case, or null when it isn't three ASCII letters.</summary>
    public static string? Normalize(string currency) =>
        currency.Length == 3 && currency.All(char.IsAsciiLetter) ? currency.ToUpperInvariant() : null;

    /// <summary>Stripe's integer as major units; null for an unknown shape of currency, a negative amount, or one no money column holds.</summary>
    public static decimal? FromMinor(long amount, string currency)
    {
        if (amount < 0 || Of(currency) is not { } exponent)
            return null;
        var major = new decimal(amount) / Power(exponent);
        return major <= Largest ? major : null;
    }

    /// <summary>Major units as Stripe's integer; null when Stripe would refuse the amount: finer than the currency goes, negative, too large.</summary>
    public static long? ToMinor(decimal amount, string currency)
    {
        if (amount < 0 || amount > Largest || Of(currency) is not { } exponent)
            return null;
        var minor = amount * Power(exponent);
        return minor % Granularity(currency.ToUpperInvariant()) == 0 ? (long)minor : null;
    }

    /// <summary>
    /// The amount as it was meant: what a calculation with binary fractions blurred, such as 29.880000000000003, is rounded at a millionth of
    /// the minor unit. An amount that is finer than the currency goes stays so.
    /// </summary>
    public static decimal Unblur(decimal amount, string currency) =>
        decimal.Round(amount, (Of(currency) ?? 2) + 6, MidpointRounding.ToEven);

    // The card networks take three-decimal currencies only to the hundredth: the last digit has to be 0.
    private static int Granularity(string code) =>
        WholeUnitsInHundredths.Contains(code) ? 100
        : ThreeDecimal.Contains(code) ? 10
        : 1;

    private static decimal Power(int exponent) =>
        exponent switch
        {
            0 => 1m,
            3 => 1000m,
            _ => 100m,
        };
}
