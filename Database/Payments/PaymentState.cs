namespace MPanel.Database.Payments;

/// <summary>States of a payment that was confirmed.</summary>
public static class PaymentState
{
    public const string Succeeded = "succeeded";
    public const string PartiallyRefunded = "partially_refunded";
    public const string Refunded = "refunded";

    /// <summary>The customer's bank holds money of it until it has decided.</summary>
    public const string Disputed = "disputed";

    /// <summary>The bank took money of it back for good.</summary>
    public const string Lost = "lost";

    public static readonly IReadOnlyList<string> All = [Succeeded, PartiallyRefunded, Refunded, Disputed, Lost];
}
