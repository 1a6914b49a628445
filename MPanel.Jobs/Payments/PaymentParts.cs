namespace MPanel.Jobs.Payments;

/// <summary>What Stripe can be asked about a payment, each by a question of its own.</summary>
[Flags]
public enum PaymentParts
{
    None = 0,

    /// <summary>Card, customer, moment and fee.</summary>
    Facts = 1,
    Refunds = 2,
    Disputes = 4,
    Warnings = 8,
    All = Facts | Refunds | Disputes | Warnings,
}
