namespace MPanel.Jobs.Taxes;

/// <summary>
/// Net and tax of what lines come to, in major units. As in EN 16931 the tax is rounded once, for all that has the same rate, and half up.
/// </summary>
public readonly record struct TaxSums(decimal Net, decimal Tax)
{
    /// <param name="amount">Zero or more.</param>
    /// <param name="rate">Percent.</param>
    /// <param name="inclusive">Whether the amount has the tax in it: then it is what net and tax come to.</param>
    /// <param name="decimals">Of the currency.</param>
    public static TaxSums Of(decimal amount, decimal rate, bool inclusive, int decimals)
    {
        var tax = Math.Round(inclusive ? amount * rate / (100 + rate) : amount * rate / 100, decimals, MidpointRounding.AwayFromZero);
        return inclusive ? new(amount - tax, tax) : new(amount, tax);
    }
}
