using System.Globalization;
using Hangfire;
using Hangfire.Common;
using MPanel.Database.Provisioning;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

/// <summary>
/// Stands for a provisioning task on the dashboard, in states that no worker fetches: agents claim the task itself, elsewhere. Should it
/// be run all the same, nothing happens, and the reconciliation shows again what is so.
/// </summary>
internal static class TaskTwin
{
    /// <param name="title">For the dashboard.</param>
    [JobDisplayName("{1}")]
    public static void Run(long taskId, string title) { }

    public static Job JobOf(TwinnedTask task)
    {
        var id = task.Id;
        var title = TaskTwinWords.Title(task.Action, task.Type, task.Domain, task.OrderReference);
        return Job.FromExpression(() => Run(id, title));
    }

    public static IDictionary<string, string> ParametersOf(TwinnedTask task) =>
        new Dictionary<string, string>
        {
            ["Task"] = Written(task.Id.ToString(CultureInfo.InvariantCulture)),
            ["Order"] = Written(task.OrderReference),
            ["Domain"] = Written(task.Domain),
            ["CorrelationId"] = Written(task.CorrelationId),
        };

    /// <summary>The task a job stands for; null when it is another kind of job.</summary>
    public static long? TaskOf(Job? job) => job?.Type == typeof(TaskTwin) ? (long)job.Args[0] : null;

    private static string Written(string value) => SerializationHelper.Serialize(value, SerializationOption.User);
}
