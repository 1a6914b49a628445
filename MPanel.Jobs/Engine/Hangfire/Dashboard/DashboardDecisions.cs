using System.Text.Json;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.AspNetCore.Http;
using MPanel.Database.Jobs;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Twins;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>
/// What the dashboard's buttons do. Requeueing a failed step or task retries it, deleting a task cancels it, with the same statements and
/// the same audit entry as in the panel. The dashboard then shows what came of it, which may be that nothing was to be done.
/// </summary>
internal sealed class DashboardDecisions(
    JobStorage storage,
    IBackgroundJobClientV2 client,
    NpgsqlDataSource dataSource,
    JobControl control,
    TwinMirror mirror,
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
        await using var db = await dataSource.OpenConnectionAsync();
        if (TaskTwin.TaskOf(job) is { } taskId)
            return await Decide(db, taskId, state);
        if (job?.Type == typeof(StepJob) && state is EnqueuedState && current == FailedState.StateName)
            return await Retry(db, jobId, (long)job.Args[0]);
        await Audit($"job.{state.Name.ToLowerInvariant()}", $"dashboard job {jobId}", null, null).Append(db);
        return client.ChangeState(jobId, state, current);
    }

    private async Task<bool> Decide(NpgsqlConnection db, long taskId, IState state)
    {
        var context = Visit();
        var changed = false;
        if (visitors.May(context, Permissions.ProvisioningRetry) && state is EnqueuedState or DeletedState)
        {
            await using var transaction = await db.BeginTransactionAsync();
            var (name, correlation) = (visitors.Name(context), context.TraceIdentifier);
            var decision =
                state is EnqueuedState
                    ? await RetryTask.Run(transaction, taskId, name, correlation)
                    : await CancelTask.Run(transaction, taskId, name, correlation);
            changed = decision.Changed;
            if (changed)
            {
                var action = state is EnqueuedState ? "task.retried" : "task.cancelled";
                await Audit(action, $"task {taskId}", Status(decision.Before), Status(decision.After)).Append(db, transaction);
            }
            await transaction.CommitAsync();
        }
        if (await TaskTwins.One(db, taskId) is { } task)
            await mirror.Show(db, task);
        return changed;
    }

    private async Task<bool> Retry(NpgsqlConnection db, string jobId, long stepId)
    {
        await using var transaction = await db.BeginTransactionAsync();
        if (await control.Retry(transaction, stepId, visitors.Name(Visit()), default) is not { } step)
            return client.ChangeState(jobId, new EnqueuedState(), FailedState.StateName);
        await Audit(
                "job.retried",
                $"job {step.Id}",
                """{"state":"failed"}""",
                JsonSerializer.Serialize(
                    new
                    {
                        state = "due",
                        step.Kind,
                        step.Subject,
                    },
                    JsonSerializerOptions.Web
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        control.Wake(step);
        return true;
    }

    private MPanel.Database.Audit.AuditEntry Audit(string action, string subject, string? before, string? after) =>
        visitors.Audit(Visit(), action, subject, before, after);

    private HttpContext Visit() => accessor.HttpContext ?? throw new InvalidOperationException("Nobody is visiting the dashboard.");

    private static string Status(string? status) => JsonSerializer.Serialize(new { status });

    private static NotSupportedException NothingToCreate() => new("The dashboard creates no jobs.");
}
