using MPanel.Database.Provisioning;

namespace MPanel.Web.Api.Provisioning;

/// <param name="AttemptsLeft">Before it is given up.</param>
/// <param name="WaitingFor">What a pending task waits for, for people; null for any other.</param>
public sealed record TaskView(
    long Id,
    string Type,
    string Action,
    string Domain,
    string? Plan,
    string Status,
    string OrderReference,
    string? Server,
    string ServerRole,
    int Attempt,
    int AttemptsLeft,
    string? WaitingFor,
    string? ErrorCode,
    string? Error,
    string CorrelationId,
    DateTimeOffset AvailableAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
)
{
    public static TaskView Of(TaskFacts task, TimeSpan offlineAfter) =>
        new(
            task.Id,
            task.Type,
            task.Action,
            task.Domain,
            task.Plan,
            task.Status,
            task.OrderReference,
            task.ServerName,
            task.ServerRole,
            task.Attempt,
            Math.Max(0, task.MaxAttempts - task.AttemptsSpent),
            Database.Provisioning.WaitingFor.Of(task, offlineAfter),
            task.LastErrorCode,
            task.LastError,
            task.CorrelationId,
            task.AvailableAt,
            task.CreatedAt,
            task.UpdatedAt,
            task.FinishedAt
        );
}

/// <param name="Log">The last lines of all attempts together, oldest first.</param>
public sealed record TaskDetailView(TaskView Task, IReadOnlyList<TaskAttempt> Attempts, IReadOnlyList<TaskLogLine> Log);

/// <param name="Status">The task's status now.</param>
public sealed record TaskDecided(long Id, string Status);
