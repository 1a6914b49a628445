namespace MPanel.StripeSimulator.Methods;

/// <summary>When a test card asks for 3-D Secure.</summary>
internal enum Authentication
{
    Never,
    Always,

    /// <summary>Not off-session, once it was set up for that.</summary>
    UnlessSetUp,

    /// <summary>Only on-session: it counts as set up from the beginning.</summary>
    OnSession,
}

/// <summary>What becomes of a payment that went well.</summary>
internal enum Aftermath
{
    None,
    Dispute,
    ProductNotReceived,
    Inquiry,
    RefundPending,
    RefundFails,
}

/// <summary>One of Stripe's test payment methods, by the name that stands for it: https://docs.stripe.com/testing</summary>
/// <param name="Type">card or sepa_debit.</param>
/// <param name="Brand">Of a card; of a debit its bank's country.</param>
internal sealed record TestMethod(string Token, string Type, string Brand, string Last4, string Country)
{
    /// <summary>Null when it is good.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>Stripe's own rules refuse it, and no bank is asked.</summary>
    public bool Blocked { get; init; }
    public bool Attachable { get; init; } = true;
    public Authentication Authentication { get; init; }
    public Aftermath Aftermath { get; init; }

    /// <summary>Of a debit: how long it is processed.</summary>
    public long DelaySeconds { get; init; }

    /// <summary>The same for the same card, whichever payment method it is in.</summary>
    public string Fingerprint => $"fp{Type[0]}{Brand[0]}{Last4}{Token.Length:00}";
}
