using System.Globalization;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.AspNetCore.Http;
using MPanel.Database.Jobs;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Twins;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>
/// What the dashboard's buttons do. Requeueing what failed or waits retries it, deleting a task cancels it: the same actions as in the
/// panel. The dashboard then shows what came of it, which may be that nothing was to be done.
/// </summary>
internal sealed class DashboardDecisions(
    JobStorage storage,
    IBackgroundJobClientV2 client,
    NpgsqlDataSource dataSource,
    JobActions jobs,
    TaskActions tasks,
    DashboardVisitors visitors,
    IHttpContextAccessor accessor
) : IBackgroundJobClientV2
{
    private const string NotDeleted = "It is not deleted: what waits for a person is decided in the panel, where the order can be given up";

    public JobStorage Storage => storage;

    public string Create(Job job, IState state) => throw NothingToCreate();

    public string Create(Job job, IState state, IDictionary<string, object> parameters) => throw NothingToCreate();

    public bool ChangeState(string jobId, IState state, string? expectedState)
    {
        using var connection = storage.GetConnection();
        if (connection.GetJobData(jobId) is not { } data || (expectedState is not null && data.State != expectedState))
            return false;
        // Hangfire asks in its own synchronous way, on a thread of the pool.
        return Change(jobId, data.Job, data.State, state).GetAwaiter().GetResult();
    }

    private async Task<bool> Change(string jobId, Job? job, string? current, IState state)
    {
        if (TaskTwin.TaskOf(job) is { } taskId)
            return await Decide(taskId, state);
        if (OutboxJob.RowOf(job) is { } row)
            return await DecideWork(row, jobId, state);
        await using (var db = await dataSource.OpenConnectionAsync())
            await Actor().Audit($"job.{state.Name.ToLowerInvariant()}", $"dashboard job {jobId}").Append(db);
        return client.ChangeState(jobId, state, current);
    }

    /// <summary>Work of the outbox: requeued, it goes on; deleted it can't be, for an order is closed in the panel, where it says why.</summary>
    private async Task<bool> DecideWork(long row, string jobId, IState state)
    {
        var job = long.Parse(jobId, CultureInfo.InvariantCulture);
        await using var db = await dataSource.OpenConnectionAsync();
        if (state is EnqueuedState)
            // A job that stands for a finished step is not run again, whatever its order waits for.
            return await JobList.HangfireJob(db, row) == job
                && (
                    await jobs.Retry(Actor(), row) is Outcome<DecidedJob>.Done || await jobs.Hurry(Actor(), row) is Outcome<DecidedJob>.Done
                );
        await using var transaction = await db.BeginTransactionAsync();
        await ShowJobs.Note(transaction, row, job, NotDeleted);
        await transaction.CommitAsync();
        return false;
    }

    private async Task<bool> Decide(long taskId, IState state)
    {
        var decided =
            visitors.May(Visit(), Permissions.ProvisioningRetry)
            && state switch
            {
                EnqueuedState => await tasks.Retry(Actor(), taskId),
                DeletedState => await tasks.Cancel(Actor(), taskId),
                _ => null,
            } is Outcome<DecidedTask>.Done;
        await using var db = await dataSource.OpenConnectionAsync();
        await ShowTasks.Run(db, TaskTwin.Invocation, TwinLook.Everything, taskId);
        return decided;
    }

    private Actor Actor() => visitors.Actor(Visit());

    private HttpContext Visit() => accessor.HttpContext ?? throw new InvalidOperationException("Nobody is visiting the dashboard.");

    private static NotSupportedException NothingToCreate() => new("The dashboard creates no jobs.");
}
