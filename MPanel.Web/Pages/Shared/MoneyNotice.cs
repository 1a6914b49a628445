using MPanel.Jobs.Payments;

namespace MPanel.Web.Pages.Shared;

public static class MoneyNotice
{
    /// <summary>What a person must know before believing any amount on this panel; null when Stripe is Stripe, and live.</summary>
    public static string? Of(StripeOptions stripe) =>
        new Uri(stripe.BaseUrl).IsLoopback ? "A simulator stands in for Stripe: no real money moves."
        : !stripe.ExpectedLiveMode ? "Stripe's test mode: no real money moves."
        : null;
}
