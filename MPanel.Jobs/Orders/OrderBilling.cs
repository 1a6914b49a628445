using MPanel.Jobs.Customers;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>Whom an order is billed to, as hostile as it may come: everything may be missing. See docs/blueprint.md.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
public sealed record BillingRequest(
    string? Company = null,
    string? Line1 = null,
    string? Line2 = null,
    string? PostalCode = null,
    string? City = null,
    string? Region = null,
    string? Country = null,
    string? VatId = null,
    string? Phone = null
);

/// <summary>Whom an order is billed to, as a customer and an invoice have it.</summary>
/// <param name="Address">Lines with a line feed between them, without the country.</param>
public sealed record OrderBilling(string? Company, string? VatId, string? Phone, string? Address, string? Country)
{
    private bool IsEmpty => this == new OrderBilling(null, null, null, null, null);

    /// <summary>
    /// What can be kept. A field that can't is left out and named: the customer has paid for the order, whatever they typed as their phone number.
    /// </summary>
    /// <param name="leftOut">Names of the fields.</param>
    /// <returns>Null when nothing is left.</returns>
    public static OrderBilling? Of(BillingRequest? request, out IReadOnlyList<string> leftOut)
    {
        var wrong = new List<string>();
        leftOut = wrong;
        if (request is null)
            return null;
        var place = Join(" ", Line("postalCode", request.PostalCode), Line("city", request.City));
        if (place?.Length > CustomerRules.LongestAddressLine)
        {
            wrong.Add("city");
            place = Line("postalCode", request.PostalCode);
        }
        var billing = new OrderBilling(
            Kept("company", request.Company, text => CustomerRules.Text(text, CustomerRules.LongestText)),
            Kept("vatId", request.VatId, CustomerRules.VatIdOf),
            Kept("phone", request.Phone, CustomerRules.PhoneOf),
            Join("\n", Line("line1", request.Line1), Line("line2", request.Line2), place, Line("region", request.Region)),
            Kept("country", request.Country, CustomerRules.CountryOf)
        );
        return billing.IsEmpty ? null : billing;

        string? Line(string name, string? typed) => Kept(name, typed, text => CustomerRules.Text(text, CustomerRules.LongestAddressLine));

        string? Kept(string name, string? typed, Func<string, string?> rule)
        {
            if (string.IsNullOrWhiteSpace(typed))
                return null;
            var kept = rule(PlainText.Trimmed(typed));
            if (kept is null && !wrong.Contains(name))
                wrong.Add(name);
            return kept is "" ? null : kept;
        }
    }

    private static string? Join(string between, params string?[] parts) =>
        string.Join(between, parts.OfType<string>()) is { Length: > 0 } joined ? joined : null;
}
