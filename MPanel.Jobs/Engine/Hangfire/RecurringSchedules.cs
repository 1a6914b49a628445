using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace MPanel.Jobs.Engine.Hangfire;

internal static class RecurringSchedules
{
    /// <summary>Hangfire itself leaves a schedule that hasn't changed alone, its next occurrence included.</summary>
    public static void Replace(JobStorage storage, IJobFilterProvider filters, IReadOnlyList<RecurringStep> jobs)
    {
        var manager = new RecurringJobManager(storage, filters);
        using var connection = storage.GetConnection();
        foreach (var stored in connection.GetRecurringJobs().Where(stored => jobs.All(j => j.Kind != stored.Id)))
            manager.RemoveIfExists(stored.Id);
        foreach (var job in jobs)
        {
            var kind = job.Kind;
            manager.AddOrUpdate(
                kind,
                Job.FromExpression<OccurrenceJob>(occurrence => occurrence.Run(kind, null)),
                job.Cron,
                new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(job.TimeZone) }
            );
        }
    }
}
