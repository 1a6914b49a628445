using Hangfire;
using Hangfire.Common;
using Hangfire.Logging;
using Hangfire.PostgreSql;
using Hangfire.States;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>
/// Each step is a job of its own, through all its attempts, so that the dashboard shows the chain. Nothing here depends on Hangfire
/// keeping a job: what it loses the ledger's sweep brings again, and what it repeats finds nothing to do.
/// </summary>
internal sealed class HangfireEngine(
    JobStorage storage,
    IBackgroundJobClientV2 client,
    JobFilters filters,
    JobsFromServices activator,
    StepTitles titles,
    NpgsqlDataSource dataSource,
    TimeProvider time,
    JobRole role,
    IOptions<JobOptions> options,
    ILoggerFactory loggers
) : IJobEngine, IDisposable
{
    // Hangfire creates jobs one by one, each in several round trips.
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 4 };

    private readonly CancellationTokenSource _interrupted = new();
    private BackgroundJobServer? _server;
    private volatile bool _ready;

    public bool Walks => false;
    public bool IsReady => _ready;

    /// <summary>Whether this process's jobs walk on, its setting considered.</summary>
    internal bool Walking => options.Value.Walk ?? Walks;

    /// <summary>Cancelled when running steps are told to end.</summary>
    internal CancellationToken Interrupted => _interrupted.Token;

    public async Task Start(CancellationToken cancellationToken)
    {
        LogProvider.SetCurrentLogProvider(new HangfireLog(loggers));
        await EngineSchema.Prepare(
            dataSource,
            HangfireServices.Schema,
            async () =>
            {
                await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
                PostgreSqlObjectsInstaller.Install(db, HangfireServices.Schema);
            },
            cancellationToken
        );
        if (role.RunsWorkers)
            _server = new BackgroundJobServer(ServerOptions(), storage);
        _ready = true;
    }

    public async Task Stop(CancellationToken cancellationToken)
    {
        _ready = false;
        if (_server is null)
            return;
        _server.SendStop();
        await using (cancellationToken.Register(_interrupted.Cancel))
            await _server.WaitForShutdownAsync(CancellationToken.None);
        _server.Dispose();
        _server = null;
    }

    public async Task Dispatch(IReadOnlyList<StepDispatch> steps, CancellationToken cancellationToken)
    {
        if (!_ready)
            throw new InvalidOperationException("The job engine is not started, or stopped.");
        var runAt = steps.GroupBy(s => s.StepId).ToDictionary(s => s.Key, s => s.Min(d => d.RunAt));
        var titled = await titles.Of([.. runAt.Keys], cancellationToken);
        await Parallel.ForEachAsync(
            titled,
            AtOnce,
            (step, _) =>
            {
                Enqueue(step, runAt[step.Step.Id]);
                return ValueTask.CompletedTask;
            }
        );
    }

    public Task ScheduleRecurring(IReadOnlyList<RecurringStep> jobs, CancellationToken cancellationToken)
    {
        RecurringSchedules.Replace(storage, filters, jobs);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _server?.Dispose();
        _interrupted.Dispose();
    }

    private void Enqueue(TitledStep step, DateTimeOffset runAt)
    {
        IState state = runAt <= time.GetUtcNow() ? new EnqueuedState() : new ScheduledState(runAt.UtcDateTime);
        // A step that was tried before goes on in the job that people know, unless that has expired.
        if (step.Step.EngineReference is { } jobId && client.ChangeState(jobId, state, null))
            return;
        var id = step.Step.Id;
        var title = step.Title;
        client.Create(Job.FromExpression<StepJob>(job => job.Run(id, title, null)), state, step.Parameters.ToDictionary());
    }

    private BackgroundJobServerOptions ServerOptions() =>
        new()
        {
            WorkerCount = options.Value.Workers,
            Activator = activator,
            FilterProvider = filters,
            SchedulePollingInterval = TimeSpan.FromSeconds(1),
            HeartbeatInterval = TimeSpan.FromSeconds(10),
            ServerTimeout = TimeSpan.FromMinutes(1),
            ServerCheckInterval = TimeSpan.FromSeconds(30),
            // Running steps are ended by this engine's own token, later than Hangfire would.
            CancellationCheckInterval = TimeSpan.FromMinutes(1),
            StopTimeout = options.Value.DrainTimeout + TimeSpan.FromSeconds(10),
            ShutdownTimeout = options.Value.DrainTimeout + TimeSpan.FromSeconds(20),
        };
}
