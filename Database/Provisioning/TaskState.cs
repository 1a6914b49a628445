namespace MPanel.Database.Provisioning;

/// <summary>States of a provisioning task.</summary>
public static class TaskState
{
    public const string Pending = "pending";
    public const string InProgress = "in_progress";
    public const string Success = "success";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Pending, InProgress, Success, Failed, Cancelled];
}
