using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>
/// Stands for a row of the outbox on the dashboard. No worker of Hangfire's runs it: its queue is served by the engine. Should it be run all
/// the same, nothing happens.
/// </summary>
public static class OutboxJob
{
    /// <param name="id">Of the row.</param>
    /// <param name="title">For the dashboard.</param>
    [JobDisplayName("{1}")]
    public static void Run(long id, string title) { }

    /// <summary>JSON as Hangfire keeps it, without the arguments.</summary>
    public static string Invocation
    {
        get
        {
            var data = InvocationData.SerializeJob(Job.FromExpression(() => Run(0, "")));
            data.Arguments = null;
            return SerializationHelper.Serialize(data, SerializationOption.Internal);
        }
    }

    /// <summary>The row a job stands for; null when it is another kind of job.</summary>
    public static long? RowOf(Job? job) => job?.Type == typeof(OutboxJob) ? (long)job.Args[0] : null;
}
