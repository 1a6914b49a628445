using MPanel.Database.Jobs;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace MPanel.Jobs.Engine.Quartz;

/// <summary>
/// Steps are one-shot triggers of one durable job. Nothing here depends on Quartz keeping them: it was seen to drop a failed one-shot and
/// to break continuations when a process was killed.
/// </summary>
internal sealed class QuartzEngine(
    ISchedulerFactory schedulers,
    ISchedulerSignaler signaler,
    WorkerSlots slots,
    WorkSignal signal,
    NpgsqlDataSource dataSource,
    TimeProvider time,
    JobRole role
) : IJobEngine, IDisposable
{
    // So many steps share the commits of one trigger; more would leave other processes idle.
    private const int BatchSize = 64;

    private static readonly JobKey Job = new("steps", "mpanel");
    private readonly CancellationTokenSource _stopped = new();
    private IScheduler? _scheduler;
    private Task _relay = Task.CompletedTask;

    public bool Walks => true;
    public bool IsReady => _scheduler is not null && !_stopped.IsCancellationRequested;

    private IScheduler Scheduler => _scheduler ?? throw new InvalidOperationException("The job engine was not started.");

    public async Task Start(CancellationToken cancellationToken)
    {
        await EngineSchema.Prepare(
            dataSource,
            QuartzServices.Schema,
            async () =>
            {
                var scheduler = await schedulers.GetScheduler(cancellationToken);
                await scheduler.AddJob(
                    JobBuilder.Create<StepsJob>().WithIdentity(Job).StoreDurably().RequestRecovery().Build(),
                    AddJobOptions.Replacing,
                    cancellationToken
                );
                if (role.RunsWorkers)
                    await scheduler.Start(cancellationToken);
                _scheduler = scheduler;
            },
            cancellationToken
        );
        if (role.RunsWorkers)
            _relay = signal.Relay(signaler, _stopped.Token);
    }

    public async Task Stop(CancellationToken cancellationToken)
    {
        if (_scheduler is null)
            return;
        await _stopped.CancelAsync();
        slots.Drain();
        using (cancellationToken.Register(slots.Interrupt))
            await _scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        await _relay;
    }

    public async Task Dispatch(IReadOnlyList<StepDispatch> steps, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var later = steps.Where(s => s.RunAt > now).Select(s => new[] { s });
        foreach (var batch in steps.Where(s => s.RunAt <= now).Chunk(BatchSize).Concat(later))
        {
            var trigger = TriggerBuilder
                .Create()
                .ForJob(Job)
                .WithIdentity($"steps-{batch[0].StepId}-{Guid.NewGuid():N}", "mpanel")
                .WithDescription(batch.Length == 1 ? batch[0].Title : $"{batch[0].Title} and {batch.Length - 1} more")
                .UsingJobData(StepsJob.Steps, StepsJob.Write(batch))
                .StartAt(batch[0].RunAt)
                .Build();
            await Scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
        }
        // A process that works was woken by the scheduling itself.
        if (!role.RunsWorkers)
            await signal.Send(cancellationToken);
    }

    public Task ScheduleRecurring(IReadOnlyList<RecurringStep> jobs, CancellationToken cancellationToken) =>
        RecurringTriggers.Replace(Scheduler, jobs, cancellationToken);

    public void Dispose() => _stopped.Dispose();
}
