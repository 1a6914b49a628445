namespace MPanel.Database.Disputes;

/// <summary>States of a dispute.</summary>
public static class DisputeState
{
    /// <summary>The bank asks, and no money has moved.</summary>
    public const string Inquiry = "inquiry";

    /// <summary>The bank holds the money, and waits for evidence.</summary>
    public const string NeedsResponse = "needs_response";

    /// <summary>The bank holds the money, and decides.</summary>
    public const string UnderReview = "under_review";

    public const string Won = "won";
    public const string Lost = "lost";

    /// <summary>Over before any money moved.</summary>
    public const string Closed = "closed";

    public static readonly IReadOnlyList<string> All = [Inquiry, NeedsResponse, UnderReview, Won, Lost, Closed];

    /// <summary>Where the money is.</summary>
    public static string Booked(string state) =>
        state switch
        {
            NeedsResponse or UnderReview => DisputeBooking.Held,
            Lost => DisputeBooking.Lost,
            _ => DisputeBooking.None,
        };
}

/// <summary>Where the money of a dispute is.</summary>
public static class DisputeBooking
{
    /// <summary>With us.</summary>
    public const string None = "none";

    /// <summary>With the bank, until it has decided.</summary>
    public const string Held = "held";

    /// <summary>With the customer.</summary>
    public const string Lost = "lost";
}
