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
/// What Hangfire is for: workers, schedules, the dashboard. Each step is a job of its own, through all its attempts, so that the dashboard
/// shows the chain. It carries step ids, and the ledger says what they mean: a job that Hangfire loses is brought again by the ledger's
/// sweep, and one that it repeats finds nothing to do.
/// </summary>
public sealed class JobEngine(
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
) : IDisposable
{
    // Hangfire creates jobs one by one, each in several round trips.
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 4 };

    private readonly CancellationTokenSource _interrupted = new();
    private BackgroundJobServer? _server;
    private volatile bool _ready;

    /// <summary>Started and not stopped: it takes dispatches.</summary>
    public bool IsReady => _ready;

    /// <summary>Cancelled when running steps are told to end.</summary>
    internal CancellationToken Interrupted => _interrupted.Token;

    /// <summary>Prepares Hangfire's schema and, in a process that runs workers, starts them. Called once, after migrations.</summary>
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

    /// <summary>Takes no more work and waits for what is running, within the bound the token sets.</summary>
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

    /// <summary>Hands steps over. Throws when Hangfire can't take them; the sweep will come again.</summary>
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

    /// <summary>Makes the recurring schedules exactly these. Each occurrence calls <see cref="Occurrences.Start"/> on some process.</summary>
    public void ScheduleRecurring(IReadOnlyList<RecurringStep> jobs) => RecurringSchedules.Replace(storage, filters, jobs);

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
