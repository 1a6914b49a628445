using System.ComponentModel.DataAnnotations;
using MPanel.Database.Invoices;

namespace MPanel.Jobs.Invoices;

/// <summary>Section <c>Invoices:Seller</c>: who sells, as invoices name it. Each invoice keeps what stands here when it is issued.</summary>
public sealed record SellerOptions
{
    /// <summary>Without it invoices are issued without a seller.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>As printed, country included, a line each.</summary>
    [MaxLength(8)]
    public IReadOnlyList<string> Address { get; init; } = [];

    [StringLength(40)]
    public string? VatId { get; init; }

    [StringLength(254)]
    public string? Email { get; init; }

    public InvoiceSeller Seller =>
        string.IsNullOrWhiteSpace(Name)
            ? InvoiceSeller.None
            : new InvoiceSeller(Name.Trim(), Filled(string.Join('\n', Address)), Filled(VatId), Filled(Email));

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
