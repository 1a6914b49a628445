namespace MPanel.Database.Orders;

/// <summary>States of an order: of the delivery of what was paid for.</summary>
public static class OrderState
{
    public const string Paid = "paid";
    public const string Provisioning = "provisioning";
    public const string Completed = "completed";
    public const string NeedsReview = "needs_review";
    public const string Refunded = "refunded";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Paid, Provisioning, Completed, NeedsReview, Refunded, Cancelled];
}
