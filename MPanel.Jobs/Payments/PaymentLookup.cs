using MPanel.Database.Payments;

namespace MPanel.Jobs.Payments;

/// <summary>The answer to <see cref="StripePayments.Find"/>: exactly one of the nested records.</summary>
public abstract record PaymentLookup
{
    private PaymentLookup() { }

    public sealed record Found(GatewayPayment Payment) : PaymentLookup;

    /// <summary>The provider knows no such payment (404).</summary>
    public sealed record NotFound : PaymentLookup;

    /// <summary>Network failure, timeout, 409, 429, 5xx, or an answer that lacks what a payment has: ask again later.</summary>
    /// <param name="Code"><c>stripe_unreachable</c>, <c>stripe_timeout</c>, <c>stripe_rate_limited</c> or <c>stripe_error</c>.</param>
    /// <param name="RetryAfter">What the provider asked for, if it did.</param>
    public sealed record Unavailable(string Code, string Message, TimeSpan? RetryAfter) : PaymentLookup;

    /// <summary>The provider refuses the question itself: a wrong key, a malformed request. Asking again won't help until a person mends it.</summary>
    public sealed record Refused(string Code, string Message) : PaymentLookup;
}

/// <summary>The answer to <see cref="StripePayments.PaidAnInvoice"/>.</summary>
/// <param name="IsPaid">Whether an invoice was paid by it; says nothing where there is a failure.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record InvoiceLookup(bool IsPaid, PaymentLookup? Failure);

/// <summary>The answer to <see cref="StripePayments.FeeOf"/>.</summary>
/// <param name="Fee">Null while Stripe doesn't know it, and where there is a failure.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record FeeLookup(PaymentFee? Fee, PaymentLookup? Failure);

public enum GatewayPaymentStatus
{
    /// <summary>Not paid yet, and may still be: processing, requires_action, requires_confirmation, requires_capture, requires_payment_method.</summary>
    Pending,
    Succeeded,
    Cancelled,
}

/// <param name="ProviderStatus">The provider's own word, for people.</param>
/// <param name="LiveMode">False for the provider's test mode.</param>
/// <param name="OrderBinding">What its metadata says it was made for, under <c>mpanel_order</c>; null where it says nothing.</param>
/// <param name="CreatedAt">When it was made at the provider: before it was paid.</param>
/// <param name="Addresses">E-mail addresses of its receipt and its billing details.</param>
/// <param name="Facts">What else Stripe knows of it. Where something isn't as it should be, it is left out: nothing here decides about money.</param>
public sealed record GatewayPayment(
    string Id,
    GatewayPaymentStatus Status,
    string ProviderStatus,
    GatewayMoney Money,
    bool LiveMode,
    bool Disputed,
    string? OrderBinding,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Addresses,
    PaymentFacts Facts
);

/// <summary>Major units.</summary>
/// <param name="Currency">ISO 4217, upper case.</param>
/// <param name="Refunded">So far.</param>
public sealed record GatewayMoney(string Currency, decimal Asked, decimal Received, decimal Refunded);
