using System.Globalization;
using MPanel.Benchmarks.Load;
using MPanel.Jobs.Orders;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Orders;

/// <summary>The example order (two hosting plans and a backup on one domain), each time of another customer for another domain.</summary>
public sealed record SampleOrder(string PaymentIntent, string Domain)
{
    /// <summary>Minor units.</summary>
    public const long Total = OrderDesk.ExampleTotal;

    public static SampleOrder New() => new(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain());

    public static SampleOrder[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => New())];

    /// <summary>As the panel keeps it.</summary>
    public string Canonical =>
        new OrderBody(
            PaymentIntent,
            Email,
            "Client Name",
            "USD",
            [
                new OrderBodyItem("starter", 1, 29.88m, "year"),
                new OrderBodyItem("wp-growth", 1, 10.95m, "month"),
                new OrderBodyItem("daily-backups-30d", 1, 4.99m, "month"),
            ],
            Domain
        ).ToJson();

    /// <summary>The whole HTTP request.</summary>
    public byte[] Request(string key) => WireClient.Request("POST", OrderDesk.Route, key, Body);

    /// <summary>What its payment's metadata names.</summary>
    public string Binding => OrderDesk.Binding(Body)!;

    private string Body =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"stripePaymentIntentId":"{{PaymentIntent}}","customerEmail":"{{Email}}","customerName":"Client Name","items":[{"productSlug":"starter","qty":1,"unitPrice":29.88,"billingPeriod":"year"},{"productSlug":"wp-growth","qty":1,"unitPrice":10.95,"billingPeriod":"month"},{"productSlug":"daily-backups-30d","qty":1,"unitPrice":4.99,"billingPeriod":"month"}],"primaryDomain":"{{Domain}}"}
            """
        );

    private string Email => $"{PaymentIntent[3..15]}@example.com";
}
