namespace MPanel.StripeSimulator.Payments;

/// <summary>A PaymentIntent with at most one charge. Amounts are Stripe's minor units, the currency is lower case.</summary>
public sealed record SimulatedPayment(string Id, long Amount, string Currency, string Status, bool Livemode, long Created)
{
    public long AmountReceived { get; init; }
    public string? ChargeId { get; init; }
    public long AmountRefunded { get; init; }
    public bool Disputed { get; init; }
    public string? PaymentMethod { get; init; }

    /// <summary>Null when the account's settings decide.</summary>
    public IReadOnlyList<string>? AllowedPaymentMethodTypes { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? DeclineCode { get; init; }
    public long? CanceledAt { get; init; }
    public string? CancellationReason { get; init; }
    public string? Description { get; init; }

    /// <summary>Where the receipt goes, and of whose billing details.</summary>
    public string? ReceiptEmail { get; init; }
    public string? BillingEmail { get; init; }

    /// <summary>It paid an invoice of Stripe's.</summary>
    public string? Invoice { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public SimulatedPayment Succeed() =>
        this with
        {
            Status = "succeeded",
            AmountReceived = Amount,
            ChargeId = ChargeId ?? StripeId.New("ch"),
            DeclineCode = null,
        };

    public SimulatedPayment Decline(string code) =>
        this with
        {
            Status = "requires_payment_method",
            PaymentMethod = null,
            ChargeId = StripeId.New("ch"),
            DeclineCode = code,
        };
}

public sealed record SimulatedRefund(
    string Id,
    string ChargeId,
    string PaymentIntent,
    long Amount,
    string Currency,
    string? Reason,
    long Created
);

internal static class StripeId
{
    public static string New(string prefix) => $"{prefix}_3{Guid.NewGuid():N}"[..(prefix.Length + 25)];
}
