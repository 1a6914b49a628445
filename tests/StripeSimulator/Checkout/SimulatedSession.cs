using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>A Checkout Session: Stripe's own page, on which a customer pays or leaves a card.</summary>
/// <param name="Mode">payment or setup.</param>
/// <param name="Url">Of the page.</param>
internal sealed record SimulatedSession(string Id, string Mode, string Url, bool Livemode, long Created) : IStripeObject
{
    public const string Payment = "payment";
    public const string Setup = "setup";

    /// <summary>open, complete or expired.</summary>
    public string Status { get; init; } = "open";

    /// <summary>paid, unpaid or no_payment_required.</summary>
    public string PaymentStatus { get; init; } = "unpaid";
    public required long ExpiresAt { get; init; }
    public required string SuccessUrl { get; init; }
    public string? CancelUrl { get; init; }
    public string? ClientReferenceId { get; init; }
    public string? Customer { get; init; }

    /// <summary>A customer is made of whoever pays.</summary>
    public bool MakesCustomer { get; init; }

    /// <summary>As it was given, or else as it was typed.</summary>
    public string? Email { get; init; }
    public string? Currency { get; init; }
    public IReadOnlyList<LineItem> Items { get; init; } = [];

    /// <summary>Null before the first attempt; shown once it went well.</summary>
    public string? PaymentIntent { get; init; }
    public string? SetupIntent { get; init; }
    public PaymentData Data { get; init; } = new();
    public IReadOnlyList<string>? AllowedPaymentMethodTypes { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public bool IsOpen => Status == "open";

    public long Total => Items.Sum(item => item.Quantity * item.UnitAmount);

    /// <summary>Where the customer goes from the page.</summary>
    public string Back => SuccessUrl.Replace("{CHECKOUT_SESSION_ID}", Id, StringComparison.Ordinal);
}

/// <param name="UnitAmount">Minor units.</param>
internal sealed record LineItem(string Name, long Quantity, long UnitAmount);

/// <summary>What the payment itself is to say: it takes nothing over from the session.</summary>
internal sealed record PaymentData(string? Description = null, string? ReceiptEmail = null, string? SetupFutureUsage = null)
{
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
