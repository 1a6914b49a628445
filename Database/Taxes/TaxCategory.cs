namespace MPanel.Database.Taxes;

/// <summary>Categories of tax, as EN 16931 has them.</summary>
public static class TaxCategory
{
    public const string Standard = "S";
    public const string Zero = "Z";
    public const string Exempt = "E";

    /// <summary>The buyer owes the tax.</summary>
    public const string ReverseCharge = "AE";

    public const string Outside = "O";

    /// <summary>Those that a rate of a country can have.</summary>
    public static readonly IReadOnlyList<string> OfRates = [Standard, Zero, Exempt, Outside];
}
