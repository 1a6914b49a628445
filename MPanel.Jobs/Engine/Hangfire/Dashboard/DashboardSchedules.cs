using Hangfire;
using Hangfire.Common;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>Recurring jobs on the dashboard: they may be started by hand. What recurs the build says, so they can't be removed there.</summary>
internal sealed class DashboardSchedules(
    JobStorage storage,
    JobFilters filters,
    NpgsqlDataSource dataSource,
    DashboardVisitors visitors,
    IHttpContextAccessor accessor
) : IRecurringJobManager
{
    public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) =>
        throw new NotSupportedException("The dashboard schedules nothing.");

    public void Trigger(string recurringJobId)
    {
        using (var db = dataSource.OpenConnection())
            visitors
                .Actor(accessor.HttpContext!)
                .Audit("job.triggered", $"recurring job {recurringJobId}")
                .Append(db)
                .GetAwaiter()
                .GetResult();
        new RecurringJobManager(storage, filters).Trigger(recurringJobId);
    }

    public void RemoveIfExists(string recurringJobId) { }
}
