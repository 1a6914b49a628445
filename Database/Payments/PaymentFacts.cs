namespace MPanel.Database.Payments;

/// <summary>What Stripe knows of a payment besides its money. All of it may be missing.</summary>
/// <param name="ChargeId">Of the charge that succeeded.</param>
/// <param name="CustomerId">Stripe's customer, who has the card for the next time.</param>
/// <param name="ReceivedAt">When it was charged, by Stripe's clock.</param>
/// <param name="BillingCountry">As it was typed: ISO 3166-1 alpha-2.</param>
public sealed record PaymentFacts(
    string? ChargeId,
    string? CustomerId,
    string? MethodId,
    DateTimeOffset? ReceivedAt,
    string? BillingCountry,
    PaymentCard? Card
)
{
    public static readonly PaymentFacts None = new(null, null, null, null, null, null);
}

/// <param name="Brand">In Stripe's word, such as <c>visa</c>.</param>
/// <param name="Country">Of the bank that issued it: ISO 3166-1 alpha-2.</param>
public sealed record PaymentCard(string? Brand, string? Last4, int? ExpiryMonth, int? ExpiryYear, string? Country);

/// <summary>What Stripe takes for a payment.</summary>
/// <param name="Amount">Major units.</param>
/// <param name="Currency">That Stripe pays out in, which need not be the payment's.</param>
public sealed record PaymentFee(decimal Amount, string Currency);
