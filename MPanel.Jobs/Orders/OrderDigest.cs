using System.Security.Cryptography;
using System.Text.Json;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>What tells whether two orders are the same one, however each of them was spelled.</summary>
public static class OrderDigest
{
    private sealed record Canonical(string PaymentIntent, string Name, Bought Bought);

    private sealed record Bought(string Email, string Domain, string Currency, IEnumerable<OrderBodyItem> Items);

    /// <summary>SHA-256 of all that an order says. A body of an earlier release gives the same as the same order today.</summary>
    public static byte[] Of(OrderBody body) =>
        Hash(new Canonical(body.StripePaymentIntentId, PlainText.Clean(body.CustomerName) ?? body.CustomerName, What(body)));

    private static Bought What(OrderBody body) =>
        new(
            EmailAddress.Folded(body.CustomerEmail),
            body.PrimaryDomain,
            body.Currency,
            body.Items.Select(i => i with { UnitPrice = OrderRules.Shortest(i.UnitPrice) })
                .OrderBy(i => i.ProductSlug, StringComparer.Ordinal)
                .ThenBy(i => i.BillingPeriod, StringComparer.Ordinal)
                .ThenBy(i => i.UnitPrice)
                .ThenBy(i => i.Qty)
        );

    private static byte[] Hash<T>(T canonical) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(canonical, JsonSerializerOptions.Web));
}
