using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Charges;

/// <summary>One attempt to take money. Amounts are Stripe's minor units, the currency is lower case.</summary>
/// <param name="Status">succeeded, pending or failed.</param>
internal sealed record SimulatedCharge(
    string Id,
    string PaymentIntent,
    long Amount,
    string Currency,
    string Status,
    bool Livemode,
    long Created
) : IStripeObject
{
    public long AmountRefunded { get; init; }
    public bool Disputed { get; init; }
    public string? Customer { get; init; }
    public string? PaymentMethod { get; init; }

    /// <summary>As the method was when it was charged.</summary>
    public SimulatedPaymentMethod? Method { get; init; }
    public BillingDetails Billing { get; init; } = new();

    /// <summary>Null when it went well.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>Stripe's own rules refused it.</summary>
    public bool Blocked { get; init; }

    /// <summary>3-D Secure was gone through.</summary>
    public bool Authenticated { get; init; }

    /// <summary>Null for a while with asynchronous capture, and for ever when it failed.</summary>
    public string? BalanceTransaction { get; init; }
    public string? Description { get; init; }
    public string? ReceiptEmail { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public bool Paid => Status == "succeeded";
}
