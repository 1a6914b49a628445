namespace MPanel.Jobs.Orders;

/// <summary>The wire body of an order, as hostile as it may come: everything may be missing. See docs/blueprint.md.</summary>
public sealed record OrderRequest(
    string? StripePaymentIntentId = null,
    string? CustomerEmail = null,
    string? CustomerName = null,
    IReadOnlyList<OrderRequestItem?>? Items = null,
    string? PrimaryDomain = null,
    BillingRequest? Billing = null,
    string? Currency = null,
    string? PromotionCode = null
);

/// <param name="Qty">A decimal, so that 1.5 gets a field error and not a parse error.</param>
/// <param name="UnitPrice">Major units of the panel's currency.</param>
/// <param name="BillingPeriod"><c>month</c>, <c>year</c> or <c>one_time</c>.</param>
public sealed record OrderRequestItem(
    string? ProductSlug = null,
    decimal? Qty = null,
    decimal? UnitPrice = null,
    string? BillingPeriod = null
);
