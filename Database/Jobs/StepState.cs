namespace MPanel.Database.Jobs;

/// <summary>States of a job step.</summary>
public static class StepState
{
    public const string Waiting = "waiting";
    public const string Due = "due";

    /// <summary>In lists only: due, and its time has come.</summary>
    public const string Enqueued = "enqueued";

    /// <summary>In lists only: due, and its time has not come.</summary>
    public const string Scheduled = "scheduled";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
