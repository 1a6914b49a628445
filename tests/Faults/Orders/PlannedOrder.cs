using System.Text.Json;

namespace MPanel.Faults.Orders;

/// <summary>What an order is up to, and so how it must end.</summary>
public enum OrderKind
{
    /// <summary>Paid as ordered: must end completed, with its site answering.</summary>
    Valid,

    /// <summary>The owner of an earlier order's domain buys another plan for it.</summary>
    Again,

    /// <summary>Ordered at a price of last year; an admin accepts it.</summary>
    OldPrice,

    /// <summary>Stripe has less than was ordered.</summary>
    Underpaid,
    UnknownProduct,

    /// <summary>Stripe knows no such payment.</summary>
    Unpaid,

    /// <summary>The payment was cancelled at Stripe.</summary>
    Cancelled,

    /// <summary>For somebody else's domain.</summary>
    ForeignDomain,

    /// <summary>Not an order at all: must be refused, and leave nothing.</summary>
    Hostile,
}

/// <summary>How the marketing API sends it.</summary>
public enum Sending
{
    Once,

    /// <summary>And again, and later once more.</summary>
    Repeated,

    /// <summary>Several times at the same moment.</summary>
    AtOnce,

    /// <summary>And then another body with the same payment, which must be refused.</summary>
    Tampered,
}

public sealed record OrderItem(string ProductSlug, int Qty, decimal UnitPrice, string BillingPeriod);

/// <param name="PaidMinor">What Stripe has, minor units; null when it knows nothing.</param>
public sealed record PlannedOrder(
    int Number,
    OrderKind Kind,
    Sending Sending,
    string PaymentIntent,
    string Email,
    string Domain,
    IReadOnlyList<OrderItem> Items,
    long? PaidMinor,
    string StripeStatus
)
{
    /// <summary>Must be provisioned in the end.</summary>
    public bool MustComplete => Kind is OrderKind.Valid or OrderKind.Again or OrderKind.OldPrice;

    /// <summary>Why it must wait for a person or be rejected; null when it must complete.</summary>
    public string? ExpectedReason =>
        Kind switch
        {
            OrderKind.Underpaid => "amount_mismatch",
            OrderKind.UnknownProduct => "unknown_product",
            OrderKind.Unpaid => "payment_not_found",
            OrderKind.Cancelled => "payment_cancelled",
            OrderKind.ForeignDomain => "domain_taken",
            _ => null,
        };

    public decimal Total => Items.Sum(i => i.Qty * i.UnitPrice);

    public string Body => BodyFor(Domain);

    /// <summary>The same payment for something else.</summary>
    public string TamperedBody => BodyFor($"other-{Domain}");

    private string BodyFor(string domain) =>
        JsonSerializer.Serialize(
            new
            {
                StripePaymentIntentId = PaymentIntent,
                CustomerEmail = Email,
                CustomerName = "Client Name",
                Items,
                PrimaryDomain = domain,
            },
            JsonSerializerOptions.Web
        );
}
