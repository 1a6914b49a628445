namespace MPanel.Database.Products;

/// <summary>What a price is for.</summary>
public static class BillingPeriod
{
    public const string Month = "month";
    public const string Year = "year";

    /// <summary>Paid once; nothing renews.</summary>
    public const string OneTime = "one_time";

    public static readonly IReadOnlyList<string> All = [Month, Year, OneTime];
}
