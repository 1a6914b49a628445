namespace MPanel.Database.Timelines;

/// <summary>How what a line of a timeline tells of went.</summary>
public static class TimelineOutcome
{
    public const string Received = "received";
    public const string Done = "done";
    public const string Started = "started";
    public const string Waiting = "waiting";

    /// <summary>It failed, and is tried again by itself.</summary>
    public const string Retry = "retry";

    /// <summary>A person must decide.</summary>
    public const string NeedsReview = "needs_review";

    /// <summary>Given up.</summary>
    public const string Failed = "failed";
    public const string Rejected = "rejected";
    public const string Cancelled = "cancelled";

    /// <summary>Its server gave it back undone.</summary>
    public const string Released = "released";

    /// <summary>By a person.</summary>
    public const string Resumed = "resumed";
    public const string Noted = "noted";
}
