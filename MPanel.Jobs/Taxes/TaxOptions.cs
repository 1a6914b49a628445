namespace MPanel.Jobs.Taxes;

/// <summary>Section <c>Tax</c>.</summary>
public sealed record TaxOptions
{
    /// <summary>Whether prices of invoices that a person writes have the tax in them. What a checkout took always has.</summary>
    public bool PricesInclude { get; init; } = true;
}
