using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

/// <summary>
/// Stands for a provisioning task on the dashboard, in states that no worker fetches: agents claim the task itself, elsewhere. Should it
/// be run all the same, nothing happens, and the follower shows again what is so.
/// </summary>
internal static class TaskTwin
{
    /// <summary>The invocation data of all twins, JSON, but for their arguments.</summary>
    public static readonly string Invocation = SerializationHelper.Serialize(
        InvocationData.SerializeJob(Job.FromExpression(() => Run(0, "")))
    );

    /// <param name="title">For the dashboard.</param>
    [JobDisplayName("{1}")]
    public static void Run(long taskId, string title) { }

    /// <summary>The task a job stands for; null when it is another kind of job.</summary>
    public static long? TaskOf(Job? job) => job?.Type == typeof(TaskTwin) ? (long)job.Args[0] : null;
}
