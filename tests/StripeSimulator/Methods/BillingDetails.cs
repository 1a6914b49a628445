using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Methods;

/// <summary>An address as it was given; what wasn't is null.</summary>
internal sealed record StripeAddress(
    string? Line1 = null,
    string? Line2 = null,
    string? City = null,
    string? PostalCode = null,
    string? State = null,
    string? Country = null
)
{
    /// <returns>Null when nothing below <paramref name="name"/> was given.</returns>
    public static StripeAddress? Read(Form form, string name, StripeAddress? kept = null) =>
        form.Values.Keys.Any(key => key.StartsWith($"{name}[", StringComparison.Ordinal))
            ? new StripeAddress(
                form.Over($"{name}[line1]", kept?.Line1),
                form.Over($"{name}[line2]", kept?.Line2),
                form.Over($"{name}[city]", kept?.City),
                form.Over($"{name}[postal_code]", kept?.PostalCode),
                form.Over($"{name}[state]", kept?.State),
                form.Over($"{name}[country]", kept?.Country)
            )
            : kept;

    public JsonObject ToJson() =>
        new()
        {
            ["city"] = City,
            ["country"] = Country,
            ["line1"] = Line1,
            ["line2"] = Line2,
            ["postal_code"] = PostalCode,
            ["state"] = State,
        };
}

internal sealed record BillingDetails(string? Email = null, string? Name = null, string? Phone = null, StripeAddress? Address = null)
{
    public static BillingDetails Read(Form form, string name, BillingDetails kept) =>
        new(
            form.Over($"{name}[email]", kept.Email),
            form.Over($"{name}[name]", kept.Name),
            form.Over($"{name}[phone]", kept.Phone),
            StripeAddress.Read(form, $"{name}[address]", kept.Address)
        );

    public JsonObject ToJson() =>
        new()
        {
            ["address"] = (Address ?? new StripeAddress()).ToJson(),
            ["email"] = Email,
            ["name"] = Name,
            ["phone"] = Phone,
            ["tax_id"] = null,
        };
}
