using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>What can be read from a body that was refused. It may be no JSON at all.</summary>
public static partial class RefusedBody
{
    /// <summary>The PaymentIntent that the body names; null where it names none that is one.</summary>
    public static string? PaymentIntent(string body) =>
        Order(body) is { } order
            ? order.StripePaymentIntentId is { } sent && PlainText.Trimmed(sent) is var id && OrderRules.IsPaymentIntentId(id)
                ? id
                : null
            : Named().Match(body) is { Success: true } named
                ? named.Groups[1].Value
                : null;

    /// <summary>What tells this refusal from another: the PaymentIntent, or the body itself.</summary>
    public static string Key(string body) => PaymentIntent(body) ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    /// <summary>As text that can be stored.</summary>
    public static string Text(ReadOnlySpan<byte> sent) => Encoding.UTF8.GetString(sent).Replace('\0', '\uFFFD');

    /// <summary>What can be read of the order, field by field, wrong as it may be; null when the body is no object of JSON.</summary>
    public static OrderRequest? Order(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            return new OrderRequest(
                Text(json.RootElement, "stripePaymentIntentId"),
                Text(json.RootElement, "customerEmail"),
                Text(json.RootElement, "customerName"),
                Field(json.RootElement, "items") is { ValueKind: JsonValueKind.Array } items
                    ? [.. items.EnumerateArray().Take(OrderRules.MostItems).Select(Item)]
                    : null,
                Text(json.RootElement, "primaryDomain"),
                Field(json.RootElement, "billing") is { ValueKind: JsonValueKind.Object } billing ? Billing(billing) : null,
                Text(json.RootElement, "currency"),
                Text(json.RootElement, "promotionCode")
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or text in it that is no text: half a surrogate pair.
            return null;
        }
    }

    private static OrderRequestItem Item(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
            ? new(Text(item, "productSlug"), Number(item, "qty"), Number(item, "unitPrice"), Text(item, "billingPeriod"))
            : new();

    private static BillingRequest Billing(JsonElement billing) =>
        new(
            Text(billing, "company"),
            Text(billing, "line1"),
            Text(billing, "line2"),
            Text(billing, "postalCode"),
            Text(billing, "city"),
            Text(billing, "region"),
            Text(billing, "country"),
            Text(billing, "vatId"),
            Text(billing, "phone")
        );

    private static JsonElement? Field(JsonElement json, string name) =>
        json.EnumerateObject()
            .Where(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(p => (JsonElement?)p.Value)
            .LastOrDefault();

    private static string? Text(JsonElement json, string name) =>
        Field(json, name) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!.Replace('\0', '\uFFFD'),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    private static decimal? Number(JsonElement json, string name) =>
        decimal.TryParse(
            Text(json, name),
            System.Globalization.NumberStyles.Float,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    [GeneratedRegex(@"""stripePaymentIntentId""\s*:\s*""(pi_[A-Za-z0-9_]{1,250})""", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
