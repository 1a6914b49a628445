namespace MPanel.Web.Api.Worker;

/// <summary>What agents did, for the log: every line names task, server, domain, plan, status and error.</summary>
public sealed partial class ProvisioningLog(ILogger<ProvisioningLog> logger)
{
    [LoggerMessage(
        EventName = "TaskClaimed",
        Level = LogLevel.Information,
        Message = "Task {TaskId}, attempt {Attempt}: {Type} on {Server} of {Domain} (plan {Plan}) is in_progress ({TaskCorrelationId})"
    )]
    public partial void Claimed(
        long taskId,
        int attempt,
        string type,
        string server,
        string domain,
        string? plan,
        string taskCorrelationId
    );

    /// <param name="error">Null for a success.</param>
    [LoggerMessage(
        EventName = "TaskEnded",
        Level = LogLevel.Information,
        Message = "Task {TaskId}, attempt {Attempt}: {Type} on {Server} of {Domain} (plan {Plan}) is {Status}, error {Error} ({TaskCorrelationId})"
    )]
    public partial void Ended(
        long taskId,
        int? attempt,
        string? type,
        string server,
        string? domain,
        string? plan,
        string? status,
        string? error,
        string? taskCorrelationId
    );

    [LoggerMessage(
        EventName = "TaskCallRefused",
        Level = LogLevel.Warning,
        Message = "Task {TaskId}: {Call} by {Server} is refused: {Error}"
    )]
    public partial void Refused(long taskId, string call, string server, string error);

    [LoggerMessage(
        EventName = "ServerEnrolled",
        Level = LogLevel.Information,
        Message = "{Server} is enrolled; its agent is {AgentVersion}"
    )]
    public partial void Enrolled(string server, string agentVersion);
}
