using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;

namespace MPanel.Web.Api.Invoices;

/// <summary>Where a person looks at a payment, or what belongs to it, at Stripe.</summary>
public sealed class StripeDashboard(IOptions<StripeOptions> options)
{
    /// <returns>Null for no payment, and where a simulator stands in for Stripe: it has no dashboard.</returns>
    public string? Payment(string? paymentIntent, bool? livemode) => Link("payments", paymentIntent, livemode);

    /// <summary>Where evidence is handed in.</summary>
    /// <inheritdoc cref="Payment"/>
    public string? Dispute(string? dispute, bool? livemode) => Link("disputes", dispute, livemode);

    /// <inheritdoc cref="Payment"/>
    public string? Event(string? stripeEvent, bool? livemode) => Link("events", stripeEvent, livemode);

    /// <summary>Of this panel's own mode.</summary>
    /// <inheritdoc cref="Payment"/>
    public string? Dispute(string? dispute) => Dispute(dispute, options.Value.ExpectedLiveMode);

    private string? Link(string what, string? id, bool? livemode) =>
        id is null || new Uri(options.Value.BaseUrl).IsLoopback
            ? null
            : $"https://dashboard.stripe.com/{(livemode == true ? "" : "test/")}{what}/{Uri.EscapeDataString(id)}";
}
