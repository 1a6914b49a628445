namespace MPanel.Database.Refunds;

/// <summary>States of a refund.</summary>
public static class RefundState
{
    /// <summary>Stripe has not taken it yet, or its answer was lost.</summary>
    public const string Requested = "requested";

    /// <summary>Stripe has it, and the money has not gone.</summary>
    public const string Pending = "pending";

    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Requested, Pending, Succeeded, Failed, Cancelled];

    /// <summary>The money is not on its way any more, and didn't arrive.</summary>
    public static bool CameToNothing(string state) => state is Failed or Cancelled;
}
