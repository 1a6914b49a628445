using MPanel.Database.Servers;

namespace MPanel.Database.Provisioning;

public static class WaitingFor
{
    /// <summary>
    /// What stands between a pending task and its start, for people, such as <c>a node that can do mail</c>; the first
    /// obstacle when there are several. Null for a task that is not pending.
    /// </summary>
    /// <param name="offlineAfter">A server that was not heard of for longer counts as offline.</param>
    public static string? Of(TaskFacts task, TimeSpan offlineAfter) =>
        task switch
        {
            { Status: not TaskState.Pending } => null,
            { ServerId: null } => "a server with room",
            { DependencyStatus: TaskState.Failed } => $"{task.DependencyType} of {task.DependencyDomain}, which failed",
            { DependencyStatus: TaskState.Cancelled } => $"{task.DependencyType} of {task.DependencyDomain}, which was cancelled",
            { DependencyStatus: TaskState.Pending or TaskState.InProgress } => $"{task.DependencyType} of {task.DependencyDomain}",
            { ServerState: ServerState.Draining } => $"{task.ServerName} is draining",
            { ServerState: ServerState.Retired } => $"{task.ServerName} is retired",
            { ServerState: ServerState.Maintenance } => $"{task.ServerName} is in maintenance",
            { ServerHeardAt: null } => $"{task.ServerName}, whose agent has never reported",
            { ServerHeardAt: { } heard } when task.ReadAt - heard > offlineAfter => $"{task.ServerName}, offline since {Moment(heard)}",
            { ServerIsOld: true } => $"{task.ServerName} needs a newer agent",
            { ServerCan: false } => AbleNode(task.Type),
            _ when task.AvailableAt > task.ReadAt => $"retry at {Moment(task.AvailableAt)}",
            { RunningType: not null } => $"{task.RunningType} of {task.Domain}, which is running",
            _ => task.ServerName,
        };

    /// <summary>The task has a server, but its agent can't do this type.</summary>
    public static string AbleNode(string type) => $"a node that can do {type}";

    private static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
