using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;

namespace MPanel.Web.Api.Invoices;

/// <summary>Where a person looks at a payment at Stripe.</summary>
public sealed class StripeDashboard(IOptions<StripeOptions> options)
{
    /// <returns>Null for no payment, and where a simulator stands in for Stripe: it has no dashboard.</returns>
    public string? Payment(string? paymentIntent, bool? livemode) =>
        paymentIntent is null || new Uri(options.Value.BaseUrl).IsLoopback
            ? null
            : $"https://dashboard.stripe.com/{(livemode == true ? "" : "test/")}payments/{Uri.EscapeDataString(paymentIntent)}";
}
