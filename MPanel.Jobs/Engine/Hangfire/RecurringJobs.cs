using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.Server;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>What Hangfire starts by the clock.</summary>
internal sealed class RecurringJobs(IEnumerable<IRecurringJob> jobs)
{
    /// <param name="context">Filled in by Hangfire.</param>
    [RecurringName]
    public Task<string> Run(string id, PerformContext? context) =>
        jobs.Single(job => job.Id == id).Run(context?.CancellationToken.ShutdownToken ?? CancellationToken.None);

    /// <summary>Makes the schedules exactly these. Hangfire itself leaves one that hasn't changed alone, its next occurrence included.</summary>
    public static void Schedule(JobStorage storage, IJobFilterProvider filters, IReadOnlyList<IRecurringJob> jobs)
    {
        var manager = new RecurringJobManager(storage, filters);
        using var connection = storage.GetConnection();
        foreach (var stored in connection.GetRecurringJobs().Where(stored => jobs.All(j => j.Id != stored.Id)))
            manager.RemoveIfExists(stored.Id);
        foreach (var job in jobs)
        {
            var id = job.Id;
            manager.AddOrUpdate(
                id,
                Job.FromExpression<RecurringJobs>(recurring => recurring.Run(id, null)),
                job.Cron,
                new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc }
            );
        }
    }

    /// <summary>Names one on the dashboard by its id and what it does.</summary>
    private sealed class RecurringNameAttribute() : JobDisplayNameAttribute("{0}")
    {
        public override string Format(DashboardContext context, Job job)
        {
            var id = (string)job.Args[0];
            var recurring = context.GetHttpContext().RequestServices.GetServices<IRecurringJob>().FirstOrDefault(j => j.Id == id);
            return recurring is null ? id : $"{id}: {recurring.Does}";
        }
    }
}
