using System.Globalization;
using Hangfire.Common;
using Hangfire.States;
using MPanel.Database.Provisioning;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

internal static class TwinStates
{
    /// <summary>What a task in this state looks like on the dashboard.</summary>
    public static IState Of(TwinnedTask task) =>
        task.Status switch
        {
            TaskState.Pending => new WaitingState(task),
            TaskState.InProgress => new AtWorkState(task),
            TaskState.Success => new SucceededState(
                $"Done by {task.ServerName}",
                Milliseconds(task.AvailableAt, task.StartedAt),
                Duration(task)
            )
            {
                Reason = $"Done by {task.ServerName}",
            },
            TaskState.Failed => new FailedState(new TaskFailedException($"{task.LastErrorCode}: {task.LastError}"))
            {
                Reason = $"Failed on {task.ServerName} in attempt {task.Attempt}",
            },
            _ => new DeletedState { Reason = "The task is cancelled" },
        };

    private static long Duration(TwinnedTask task) => Milliseconds(task.StartedAt, task.FinishedAt);

    private static long Milliseconds(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } start && to is { } end && end > start ? (long)(end - start).TotalMilliseconds : 0;
}

/// <summary>Waiting to be claimed. In no queue, so no worker takes it.</summary>
internal sealed class WaitingState(TwinnedTask task) : IState
{
    public string Name { get; } = TaskTwinWords.Waiting(task.ServerName);

    public string Reason =>
        task switch
        {
            { ServerName: null } => "No server has room for it yet",
            { Attempt: 0 } => $"The agent of {task.ServerName} claims it",
            _ => $"Attempt {task.Attempt} ended with {task.LastErrorCode}: {task.LastError}",
        };

    public bool IsFinal => false;
    public bool IgnoreJobLoadException => false;

    public Dictionary<string, string> SerializeData() =>
        new()
        {
            ["Server"] = task.ServerName ?? "",
            ["Attempts so far"] = task.Attempt.ToString(CultureInfo.InvariantCulture),
            ["Not before"] = JobHelper.SerializeDateTime(task.AvailableAt.UtcDateTime),
        };
}

/// <summary>Hangfire's own Processing, which can't be made outside of Hangfire, with the agent's server where its worker would stand.</summary>
internal sealed class AtWorkState(TwinnedTask task) : IState
{
    public string Name => ProcessingState.StateName;
    public string Reason => $"Claimed by {task.ServerName}";
    public bool IsFinal => false;
    public bool IgnoreJobLoadException => false;

    public Dictionary<string, string> SerializeData() =>
        new()
        {
            ["StartedAt"] = JobHelper.SerializeDateTime((task.StartedAt ?? task.AvailableAt).UtcDateTime),
            ["ServerId"] = task.ServerName ?? "",
            ["WorkerId"] = $"attempt {task.Attempt}",
        };
}

/// <summary>An agent's failure, in the agent's words.</summary>
internal sealed class TaskFailedException(string message) : Exception(message);
