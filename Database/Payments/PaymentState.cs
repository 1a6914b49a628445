namespace MPanel.Database.Payments;

/// <summary>States of a payment that was confirmed.</summary>
public static class PaymentState
{
    public const string Succeeded = "succeeded";
    public const string PartiallyRefunded = "partially_refunded";
    public const string Refunded = "refunded";
    public const string Disputed = "disputed";

    public static readonly IReadOnlyList<string> All = [Succeeded, PartiallyRefunded, Refunded, Disputed];
}
