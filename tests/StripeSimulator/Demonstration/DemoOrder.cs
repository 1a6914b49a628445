namespace MPanel.StripeSimulator.Demonstration;

/// <summary>The example order, see docs/blueprint.md.</summary>
internal static class DemoOrder
{
    public const string Total = "45.82";
    public const long TotalInCents = 4582;

    public static object Body(string paymentIntent, string domain, string email) =>
        new
        {
            stripePaymentIntentId = paymentIntent,
            customerEmail = email,
            customerName = "Client Name",
            items = new[]
            {
                Item("starter", 29.88m, "year"),
                Item("wp-growth", 10.95m, "month"),
                Item("daily-backups-30d", 4.99m, "month"),
            },
            primaryDomain = domain,
        };

    private static object Item(string productSlug, decimal unitPrice, string billingPeriod) =>
        new
        {
            productSlug,
            qty = 1,
            unitPrice,
            billingPeriod,
        };
}
