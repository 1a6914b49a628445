using System.Text.Json;
using System.Text.Json.Serialization;

namespace MPanel.Jobs.Orders;

/// <summary>An order that passed validation, in canonical form. Whether two are the same order, <see cref="OrderDigest"/> says.</summary>
/// <param name="CustomerEmail">As given, the domain in lower-case ASCII.</param>
/// <param name="Currency">ISO 4217, upper case: the panel's currency at intake.</param>
/// <param name="PrimaryDomain">Lower-case ASCII (punycode).</param>
public sealed record OrderBody(
    string StripePaymentIntentId,
    string CustomerEmail,
    string CustomerName,
    string Currency,
    IReadOnlyList<OrderBodyItem> Items,
    string PrimaryDomain
)
{
    /// <summary>What the customer must have paid, major units.</summary>
    [JsonIgnore]
    public decimal Total => Items.Sum(i => i.Qty * i.UnitPrice);

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static OrderBody FromJson(string json) => JsonSerializer.Deserialize<OrderBody>(json, JsonSerializerOptions.Web)!;
}

public sealed record OrderBodyItem(string ProductSlug, int Qty, decimal UnitPrice, string BillingPeriod);
