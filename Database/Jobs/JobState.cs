namespace MPanel.Database.Jobs;

/// <summary>States of a row of the outbox.</summary>
public static class JobState
{
    /// <summary>Its next step is due as soon as a worker is free.</summary>
    public const string Ready = "ready";
    public const string Running = "running";

    /// <summary>An attempt failed; the next one comes when it is due.</summary>
    public const string Waiting = "waiting";

    /// <summary>A person must decide.</summary>
    public const string Stopped = "stopped";
    public const string Done = "done";

    /// <summary>Over without being done.</summary>
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Ready, Running, Waiting, Stopped, Done, Cancelled];
}
