using System.Text.Json.Serialization;
using MPanel.Database.Customers;
using MPanel.Jobs.Customers;

namespace MPanel.Web.Api.Customers;

/// <summary>A customer in the list.</summary>
/// <param name="Paid">What they have paid, by currency; empty without <c>invoices.view</c>.</param>
public sealed record CustomerView(
    long Id,
    string Name,
    string Email,
    string? CompanyName,
    string? Country,
    long ActiveSubscriptions,
    IReadOnlyList<CurrencyTotal> Paid,
    DateTimeOffset CreatedAt
)
{
    public static CustomerView Of(CustomerRow c, bool seesMoney) =>
        new(c.Id, c.Name, c.Email, c.CompanyName, c.Country, c.ActiveSubscriptions, seesMoney ? c.Paid : [], c.CreatedAt);
}

/// <summary>One customer.</summary>
/// <param name="Version">Name it when changing the customer.</param>
/// <param name="BillingAddress">Lines with a line feed between them, without the country.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Paid">What they have paid, by currency; empty without <c>invoices.view</c>.</param>
/// <param name="Notes">The newest hundred, newest first.</param>
public sealed record CustomerFullView(
    long Id,
    int Version,
    string Name,
    string Email,
    string? CompanyName,
    string? VatId,
    string? Phone,
    string? BillingAddress,
    string? Country,
    string? TaxExemptReason,
    IReadOnlyList<CurrencyTotal> Paid,
    IReadOnlyList<CustomerNote> Notes,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static CustomerFullView Of(CustomerDetail c, IEnumerable<CurrencyTotal> paid, IEnumerable<CustomerNote> notes) =>
        new(
            c.Id,
            c.Version,
            c.Fields.Name,
            c.Fields.Email,
            c.Fields.CompanyName,
            c.Fields.VatId,
            c.Fields.Phone,
            c.Fields.BillingAddress,
            c.Fields.Country,
            c.Fields.TaxExemptReason,
            [.. paid],
            [.. notes],
            c.CreatedAt,
            c.UpdatedAt
        );
}

/// <param name="Version">As read: another one by now is a conflict.</param>
/// <param name="Name">Each field left out, or null, stays as it is; an empty text empties it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CustomerPatch(
    int Version,
    string? Name = null,
    string? Email = null,
    string? CompanyName = null,
    string? VatId = null,
    string? Phone = null,
    string? BillingAddress = null,
    string? Country = null,
    string? TaxExemptReason = null
)
{
    public CustomerInput Over(CustomerDetail now) =>
        new(
            Name ?? now.Fields.Name,
            Email ?? now.Fields.Email,
            CompanyName ?? now.Fields.CompanyName,
            VatId ?? now.Fields.VatId,
            Phone ?? now.Fields.Phone,
            BillingAddress ?? now.Fields.BillingAddress,
            Country ?? now.Fields.Country,
            TaxExemptReason ?? now.Fields.TaxExemptReason
        );
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteRequest(string? Body = null);

/// <param name="Balances">By currency; empty for those who never had any.</param>
/// <param name="Entries">The newest hundred, newest first.</param>
public sealed record CustomerCreditView(IReadOnlyList<CreditBalance> Balances, IReadOnlyList<CreditEntry> Entries);
