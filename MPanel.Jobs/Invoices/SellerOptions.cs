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

    /// <summary>What the law wants at the foot of every page, such as the company's register and its directors; a line each.</summary>
    [MaxLength(4), LineLength(200)]
    public IReadOnlyList<string> LegalFooter { get; init; } = [];

    /// <summary>Path of a PNG or JPEG picture for the top of the page. Not part of what an invoice keeps.</summary>
    [LogoFile]
    public string? Logo { get; init; }

    public InvoiceSeller Seller =>
        string.IsNullOrWhiteSpace(Name)
            ? InvoiceSeller.None
            : new InvoiceSeller(
                Name.Trim(),
                Filled(string.Join('\n', Address)),
                Filled(VatId),
                Filled(Email),
                Filled(string.Join('\n', LegalFooter))
            );

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>No line is longer.</summary>
internal sealed class LineLengthAttribute(int max) : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is IEnumerable<string> lines && lines.Any(l => l.Length > max)
            ? new ValidationResult($"{validationContext.DisplayName} has a line of more than {max} characters.")
            : ValidationResult.Success;
}

/// <summary>A picture that can be printed.</summary>
internal sealed class LogoFileAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string path && SellerLogo.Problem(path) is { } problem
            ? new ValidationResult($"{validationContext.DisplayName} {problem}")
            : ValidationResult.Success;
}
