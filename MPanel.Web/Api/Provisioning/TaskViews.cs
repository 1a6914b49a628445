using System.Text.Json.Serialization;
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
    string? OrderReference,
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
    DateTimeOffset? FinishedAt,
    long? WebsiteId,
    DateTimeOffset? LeaseExpiresAt
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
            task.FinishedAt,
            task.WebsiteId,
            task.LeaseExpiresAt
        );
}

/// <param name="Log">The last lines of all attempts together, oldest first.</param>
public sealed record TaskDetailView(TaskView Task, IReadOnlyList<TaskAttempt> Attempts, IReadOnlyList<TaskLogLine> Log);

/// <param name="Status">The task's status now.</param>
public sealed record TaskDecided(long Id, string Status);

/// <param name="Server">Name of the server it shall be done on.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MoveRequest(string? Server);

/// <param name="Server">Where it is now.</param>
public sealed record TaskMoved(long Id, string Server);
