namespace MPanel.Database.Payments;

/// <summary>States of an event of Stripe's.</summary>
public static class StripeEventState
{
    public const string Received = "received";
    public const string Applied = "applied";

    /// <summary>It says nothing that the panel keeps.</summary>
    public const string Ignored = "ignored";

    /// <summary>It is about a payment that the panel doesn't know yet.</summary>
    public const string Waiting = "waiting";

    public static readonly IReadOnlyList<string> All = [Received, Applied, Ignored, Waiting];
}
