using System.ComponentModel.DataAnnotations;

namespace MPanel.Jobs.Orders;

/// <summary>Section <c>Orders</c>.</summary>
public sealed record OrderOptions
{
    /// <summary>ISO 4217 code of the currency that prices on the wire are in: the wire names none.</summary>
    [Required, RegularExpression("^[A-Z]{3}$", ErrorMessage = "{0} must be the ISO 4217 code of a currency, such as USD.")]
    public string Currency { get; init; } = "USD";

    /// <summary>Names nobody may order, with everything below them: the panel's own, the company's own.</summary>
    public IReadOnlyList<string> ReservedDomains { get; init; } = [];

    /// <summary>
    /// Whether an order may go on whose payment doesn't name it, though it looks like its own. Null for what the installation decides: no,
    /// unless it took orders before payments named them.
    /// </summary>
    public bool? AcceptUnbound { get; init; }

    /// <summary>Prefix of the yearly invoice series: <c>INV</c> gives INV-2026-000001.</summary>
    [
        Required,
        RegularExpression("^[A-Z][A-Z0-9]{0,9}$", ErrorMessage = "{0} must be one to ten capital letters and digits, a letter first.")
    ]
    public string InvoicePrefix { get; init; } = "INV";

    /// <summary>The same of credit notes: <c>CN</c> gives CN-2026-000001. Another one than the invoices'.</summary>
    [
        Required,
        RegularExpression("^[A-Z][A-Z0-9]{0,9}$", ErrorMessage = "{0} must be one to ten capital letters and digits, a letter first.")
    ]
    public string CreditNotePrefix { get; init; } = "CN";

    /// <summary>So many orders may wait for the workers; with more, new ones get 503 and Retry-After.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; init; } = 5000;
}
