using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MPanel.Database.Customers;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Customers;

/// <summary>A customer as it is written, by a form or by the API; nothing of it is believed yet.</summary>
/// <param name="BillingAddress">Lines with a line feed between them, without the country.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="TaxExemptReason">Why no tax is charged, as invoices print it; empty for those who are taxed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CustomerInput(
    string? Name = null,
    string? Email = null,
    string? CompanyName = null,
    string? VatId = null,
    string? Phone = null,
    string? BillingAddress = null,
    string? Country = null,
    string? TaxExemptReason = null
);

/// <summary>What a customer must look like. E-mail address and name are held to what orders are held to.</summary>
public static partial class CustomerRules
{
    public const int LongestText = 200;
    public const int LongestNote = 4000;
    private const int MostAddressLines = 6;
    public const int LongestAddressLine = 100;

    public static Checked<CustomerFields> Check(CustomerInput input)
    {
        var faults = new List<FieldError>();
        var name = Text(input.Name, OrderRules.LongestName);
        if (string.IsNullOrEmpty(name))
            faults.Add(new("name", "invalid_name", $"Must be 1 to {OrderRules.LongestName} visible characters."));
        var email = EmailAddress.Normalize(input.Email);
        if (email is null)
            faults.Add(new("email", "invalid_email", "Must be an e-mail address of at most 254 characters."));
        var company = Text(input.CompanyName, LongestText);
        if (company is null && input.CompanyName is not null)
            faults.Add(new("companyName", "invalid_company_name", $"Must be at most {LongestText} visible characters."));
        var vatId = Filled(input.VatId) is { } typedVatId ? VatIdOf(typedVatId) : null;
        if (vatId is null && Filled(input.VatId) is not null)
            faults.Add(new("vatId", "invalid_vat_id", "Must be letters, digits, spaces, dots, hyphens or slashes, at most 40."));
        var phone = Filled(input.Phone) is { } typedPhone ? PhoneOf(typedPhone) : null;
        if (phone is null && Filled(input.Phone) is not null)
            faults.Add(new("phone", "invalid_phone", "Must be a phone number: digits, spaces, + ( ) - . / and at most 40 characters."));
        var address = Address(input.BillingAddress, faults);
        var country = Filled(input.Country) is { } typedCountry ? CountryOf(typedCountry) : null;
        if (country is null && Filled(input.Country) is not null)
            faults.Add(new("country", "invalid_country", "Must be a country's two-letter code."));
        var exempt = Text(input.TaxExemptReason, LongestText);
        if (exempt is null)
            faults.Add(new("taxExemptReason", "invalid_tax_exempt_reason", $"Must be at most {LongestText} visible characters."));
        return new(
            faults.Count > 0
                ? null
                : new CustomerFields(
                    name!,
                    email!,
                    company is "" ? null : company,
                    vatId,
                    phone,
                    address,
                    country,
                    exempt is "" ? null : exempt
                ),
            faults
        );
    }

    /// <returns>The note without blanks around it; null when it is empty, too long, or has what can't be seen.</returns>
    public static string? Note(string? text)
    {
        var lines = Lines(text).Select(l => l.TrimEnd()).ToList();
        var note = string.Join('\n', lines).Trim();
        return note.Length is > 0 and <= LongestNote && lines.All(l => !PlainText.HasInvisible(l)) ? note : null;
    }

    private static string? Address(string? text, List<FieldError> faults)
    {
        var lines = Lines(text).Select(l => Text(l, LongestAddressLine)).Where(l => l is not "").ToList();
        if (lines.Count > MostAddressLines || lines.Any(l => l is null))
            faults.Add(
                new(
                    "billingAddress",
                    "invalid_billing_address",
                    $"Must be at most {MostAddressLines} lines of at most {LongestAddressLine} visible characters."
                )
            );
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    private static string[] Lines(string? text) => (text ?? "").ReplaceLineEndings("\n").Split('\n');

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>As it is kept; null for what is none.</summary>
    internal static string? VatIdOf(string typed) => typed.ToUpperInvariant() is var id && VatId().IsMatch(id) ? id : null;

    /// <inheritdoc cref="VatIdOf"/>
    internal static string? PhoneOf(string typed) => Phone().IsMatch(typed) ? typed : null;

    /// <inheritdoc cref="VatIdOf"/>
    internal static string? CountryOf(string typed) =>
        typed.ToUpperInvariant() is var code && Countries.All.Any(c => c.Code == code) ? code : null;

    /// <summary>As it is kept; empty where there is none, null where it is too long or has what can't be seen.</summary>
    internal static string? Text(string? typed, int longest) =>
        typed is null ? ""
        : typed.Length > 4 * longest ? null
        : PlainText.Clean(typed) is { } text && text.Length <= longest ? text
        : null;

    [GeneratedRegex(@"^[A-Z0-9][A-Z0-9 ./-]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VatId();

    [GeneratedRegex(@"^[0-9+(][0-9 +()./-]{2,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Phone();
}
