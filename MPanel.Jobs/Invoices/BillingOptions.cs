using System.ComponentModel.DataAnnotations;

namespace MPanel.Jobs.Invoices;

/// <summary>Section <c>Billing</c>.</summary>
public sealed record BillingOptions
{
    /// <summary>An invoice that a person writes is due so many days after it is issued, unless they say otherwise.</summary>
    [Range(0, InvoiceRules.MostDueDays)]
    public int DueDays { get; init; } = 14;
}
