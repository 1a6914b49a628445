using Hangfire;
using Hangfire.States;
using Microsoft.Extensions.Logging;
using MPanel.Database.Jobs;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

/// <summary>Every few minutes: mends what the dashboard shows wrongly, and says what it mended.</summary>
internal sealed partial class TwinReconciliation(
    NpgsqlDataSource dataSource,
    TwinMirror mirror,
    IBackgroundJobClientV2 client,
    ILogger<TwinReconciliation> logger
) : IStep
{
    public const string StepKind = "jobs.reconcile";
    private const int Batch = 500;

    public string Kind => StepKind;
    public string Title => "Reconcile dashboard";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var tasks = (await TaskTwins.Estranged(db, TaskTwinWords.WaitingPrefix, Batch)).ToList();
        foreach (var task in tasks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await mirror.Show(db, task);
            LogTaskMended(task.Id, task.Status);
        }
        var steps = (await EstrangedSteps.Run(db, typeof(StepJob).FullName!, Batch)).ToList();
        foreach (var job in steps)
        {
            client.ChangeState(
                job.EngineReference,
                new DeletedState { Reason = $"Step {job.StepId} is {job.State} by now" },
                FailedState.StateName
            );
            LogStepMended(job.EngineReference, job.StepId, job.State);
        }
        return new StepVerdict.Done($"{tasks.Count} tasks and {steps.Count} steps mended");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dashboard showed task {TaskId} wrongly; it shows {Status} again.")]
    private partial void LogTaskMended(long taskId, string status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} showed a failure; its step {StepId} is {State}.")]
    private partial void LogStepMended(string jobId, long stepId, string state);
}
