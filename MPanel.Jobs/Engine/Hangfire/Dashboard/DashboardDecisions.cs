using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.AspNetCore.Http;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Twins;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>
/// What the dashboard's buttons do. Requeueing a failed step or task retries it, deleting a task cancels it: the same actions as in the
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
        if (job?.Type == typeof(StepJob) && state is EnqueuedState && current == FailedState.StateName)
            return await jobs.Retry(Actor(), (long)job.Args[0]) is Outcome<DecidedJob>.Done
                || client.ChangeState(jobId, new EnqueuedState(), FailedState.StateName);
        await using (var db = await dataSource.OpenConnectionAsync())
            await Actor().Audit($"job.{state.Name.ToLowerInvariant()}", $"dashboard job {jobId}").Append(db);
        return client.ChangeState(jobId, state, current);
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
