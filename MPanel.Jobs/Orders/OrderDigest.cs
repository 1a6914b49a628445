using System.Security.Cryptography;
using System.Text.Json;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>What tells whether two orders are the same one, however each of them was spelled.</summary>
public static class OrderDigest
{
    private sealed record Canonical(string PaymentIntent, string Name, Bought Bought);

    // Raised when what is hashed changes: payments in flight have the old one.
    private const string Version = "v1";

    private sealed record Bought(string Email, string Domain, string Currency, IEnumerable<OrderBodyItem> Items, string? PromotionCode);

    /// <summary>
    /// SHA-256 of all that an order says; not of whom it is billed to, which changes nothing of what was bought. A body of an earlier release
    /// gives the same as the same order today.
    /// </summary>
    public static byte[] Of(OrderBody body) =>
        Hash(new Canonical(body.StripePaymentIntentId, PlainText.Clean(body.CustomerName) ?? body.CustomerName, What(body)));

    /// <summary>
    /// What the metadata of a PaymentIntent must name, so that the payment is known to be made for this order: <c>v1-…</c>. Of what is
    /// bought, by whom (e-mail address), for which domain, in which currency and with which promotion code; not of the name, nor of the
    /// PaymentIntent, which isn't there yet.
    /// </summary>
    public static string Binding(OrderBody body) => $"{Version}-{Convert.ToHexStringLower(Hash(What(body)))}";

    private static Bought What(OrderBody body) =>
        new(
            EmailAddress.Folded(body.CustomerEmail),
            body.PrimaryDomain,
            body.Currency,
            body.Items.Select(i => i with { UnitPrice = OrderRules.Shortest(i.UnitPrice) })
                .OrderBy(i => i.ProductSlug, StringComparer.Ordinal)
                .ThenBy(i => i.BillingPeriod, StringComparer.Ordinal)
                .ThenBy(i => i.UnitPrice)
                .ThenBy(i => i.Qty),
            body.PromotionCode
        );

    private static byte[] Hash<T>(T canonical) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(canonical, JsonSerializerOptions.Web));
}
