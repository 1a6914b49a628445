using MPanel.Database.Provisioning;

namespace MPanel.Web.Api.Agents;

/// <summary>
/// What agents did, for the log: every line about a task names task, server, domain, plan, status and error, and carries the
/// correlation id of the task's order in place of the request's.
/// </summary>
public sealed partial class ProvisioningLog(ILogger<ProvisioningLog> logger)
{
    public void Claimed(ClaimedTask task, CallingServer server)
    {
        using var scope = About(task.CorrelationId);
        LogClaimed(task.Id, task.Attempt, task.Type, server.Name, task.Domain, task.Plan, TaskState.InProgress, null);
    }

    /// <param name="error">Null for a success.</param>
    public void Ended(long taskId, CompletedTask task, CallingServer server, string? error)
    {
        using var scope = About(task.CorrelationId);
        LogEnded(taskId, task.Attempt, task.Type, server.Name, task.Domain, task.Plan, task.Status, error);
    }

    /// <param name="task">Null when there is no such task at all.</param>
    public void Refused(long taskId, string call, TaskFacts? task, CallingServer server, string error)
    {
        using var scope = About(task?.CorrelationId);
        LogRefused(taskId, call, server.Name, task?.Domain, task?.Plan, task?.Status, error);
    }

    [LoggerMessage(
        EventName = "ServerEnrolled",
        Level = LogLevel.Information,
        Message = "{Server} is enrolled; its agent is {AgentVersion}"
    )]
    public partial void Enrolled(string server, string agentVersion);

    private IDisposable? About(string? correlationId) =>
        correlationId is null ? null : logger.BeginScope(new Dictionary<string, object> { ["CorrelationId"] = correlationId });

    [LoggerMessage(
        EventName = "TaskClaimed",
        Level = LogLevel.Information,
        Message = "Task {TaskId}, attempt {Attempt}: {Type} on {Server} of {Domain} (plan {Plan}) is {Status}, error {Error}"
    )]
    private partial void LogClaimed(
        long taskId,
        int attempt,
        string type,
        string server,
        string domain,
        string? plan,
        string status,
        string? error
    );

    [LoggerMessage(
        EventName = "TaskEnded",
        Level = LogLevel.Information,
        Message = "Task {TaskId}, attempt {Attempt}: {Type} on {Server} of {Domain} (plan {Plan}) is {Status}, error {Error}"
    )]
    private partial void LogEnded(
        long taskId,
        int? attempt,
        string? type,
        string server,
        string? domain,
        string? plan,
        string? status,
        string? error
    );

    [LoggerMessage(
        EventName = "TaskCallRefused",
        Level = LogLevel.Warning,
        Message = "Task {TaskId}: {Call} by {Server} is refused; of {Domain} (plan {Plan}) it is {Status}, error {Error}"
    )]
    private partial void LogRefused(long taskId, string call, string server, string? domain, string? plan, string? status, string error);
}
