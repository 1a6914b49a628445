namespace MPanel.Database.Orders;

/// <summary>States of the taking in of an order.</summary>
public static class IntakeState
{
    public const string Received = "received";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string NeedsReview = "needs_review";
    public const string Rejected = "rejected";

    public static readonly IReadOnlyList<string> All = [Received, Processing, NeedsReview, Completed, Rejected];
}
