using System.Text.Json;
using System.Text.Json.Serialization;

namespace MPanel.Jobs.Orders;

/// <summary>An order that passed validation, in canonical form. Whether two are the same order, <see cref="OrderDigest"/> says.</summary>
/// <param name="CustomerEmail">As given, the domain in lower-case ASCII.</param>
/// <param name="Currency">ISO 4217, upper case: as it was sent, or else the panel's at intake.</param>
/// <param name="PrimaryDomain">Lower-case ASCII (punycode).</param>
/// <param name="Billing">Null where none was sent that could be kept.</param>
/// <param name="BillingLeftOut">Names of the billing fields that could not be kept; null for none.</param>
/// <param name="PromotionCode">Upper case. It has no effect yet; null for none.</param>
public sealed record OrderBody(
    string StripePaymentIntentId,
    string CustomerEmail,
    string CustomerName,
    string Currency,
    IReadOnlyList<OrderBodyItem> Items,
    string PrimaryDomain,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OrderBilling? Billing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? BillingLeftOut = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PromotionCode = null
)
{
    /// <summary>What the customer must have paid, major units.</summary>
    [JsonIgnore]
    public decimal Total => Items.Sum(i => i.Qty * i.UnitPrice);

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static OrderBody FromJson(string json) => JsonSerializer.Deserialize<OrderBody>(json, JsonSerializerOptions.Web)!;
}

public sealed record OrderBodyItem(string ProductSlug, int Qty, decimal UnitPrice, string BillingPeriod);
