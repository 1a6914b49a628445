namespace MPanel.Database.Subscriptions;

/// <summary>States of a subscription.</summary>
public static class SubscriptionState
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string PastDue = "past_due";
    public const string Suspended = "suspended";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Pending, Active, PastDue, Suspended, Cancelled];
}
