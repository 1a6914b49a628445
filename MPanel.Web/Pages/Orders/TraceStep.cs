namespace MPanel.Web.Pages.Orders;

/// <summary>One stop on the way of the money.</summary>
/// <param name="Key">Unique on the page; part of element ids.</param>
/// <param name="State">See <see cref="TraceState"/>; of a site or task that is in none of them, its own.</param>
/// <param name="Text">What came of it, or what it waits for.</param>
/// <param name="Attempts">0 where attempts mean nothing.</param>
/// <param name="Took">Of the last attempt that ended.</param>
/// <param name="At">When it came to this state.</param>
/// <param name="NextTry">When it is tried again; null when it is not waiting for that.</param>
/// <param name="Actor">The person, key or server behind it; null for the panel itself.</param>
public sealed record TraceStep(string Key, string Title, string Icon, string State, string? Text)
{
    public int Attempts { get; init; }
    public TimeSpan? Took { get; init; }
    public DateTimeOffset? At { get; init; }
    public DateTimeOffset? NextTry { get; init; }
    public string? ErrorCode { get; init; }
    public string? Error { get; init; }
    public string? Actor { get; init; }

    /// <summary>Of a provisioning task; 0 for other steps.</summary>
    public long TaskId { get; init; }
    public long? ServerId { get; init; }
    public string? Server { get; init; }

    /// <summary>What the site answers at.</summary>
    public string? Site { get; init; }
    public long SiteId { get; init; }

    public string? Explanation => OrderWords.Explain(ErrorCode);

    /// <summary>The state in words.</summary>
    public string Label => this is { State: TraceState.Done, Site: not null } ? "answers" : State.Replace('_', ' ');

    public bool Ended => State is TraceState.Done or TraceState.Cancelled;

    public bool Failed => State is TraceState.Failed or TraceState.NeedsReview or TraceState.Rejected;

    /// <summary>A minute from now it may look different.</summary>
    public bool Moves => State is TraceState.Running or TraceState.Due;
}
