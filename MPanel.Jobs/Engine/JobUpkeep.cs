using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>
/// The loops around the outbox: new work goes to Hangfire, finished steps are shown, leases are renewed, and what was lost comes back. Each
/// may run in several processes at once; one that dies is replaced by the others' next look.
/// </summary>
internal sealed partial class JobUpkeep(
    NpgsqlDataSource dataSource,
    JobSignals signals,
    RunningJobs running,
    JobFaces faces,
    JobMetrics metrics,
    JobEngine engine,
    JobRole role,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<JobUpkeep> logger
) : BackgroundService
{
    private const int Batch = 128;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GatheringSteps = TimeSpan.FromMilliseconds(50);

    // Hangfire forgets a server that it hasn't heard of for a minute.
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Strays = TimeSpan.FromMinutes(1);

    private DateTimeOffset _counted = DateTimeOffset.MinValue;
    private DateTimeOffset _strays = DateTimeOffset.MinValue;

    // What this process adds is the others' to find, should it die before it hands it over.
    private TimeSpan Look => role.RunsWorkers ? options.Value.SweepInterval : TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        role.RunsWorkers
            ? Task.WhenAll(
                Loop("hand work over", HandOverNew, stoppingToken, keeps: true),
                Loop("show finished steps", ShowFinished, stoppingToken),
                Loop("sweep", Sweep, stoppingToken),
                Loop("renew leases", Renew, stoppingToken),
                Loop("announce this process", Announce, stoppingToken)
            )
            : Loop("hand work over", HandOverNew, stoppingToken, keeps: true);

    private async Task HandOverNew(LastingConnection db, CancellationToken stoppingToken)
    {
        await signals.Handover.Wait(Look, stoppingToken);
        int handed;
        do
        {
            handed = await HandOver.Run(await db.Open(stoppingToken), faces.Face, Batch, stoppingToken);
            if (handed > 0)
                signals.Queued();
        } while (handed == Batch);
        // A lone one went at once; of a stream of them, what comes now shares the next commit.
        if (handed > 0)
            await Task.Delay(Gathering, time, stoppingToken);
    }

    private async Task ShowFinished(LastingConnection db, CancellationToken stoppingToken)
    {
        await signals.Steps.Wait(Look, stoppingToken);
        await Task.Delay(GatheringSteps, time, stoppingToken);
        while (await ShowSteps.Run(await db.Open(stoppingToken), faces.Face, Batch, stoppingToken) == Batch) { }
    }

    private async Task Sweep(LastingConnection lasting, CancellationToken stoppingToken)
    {
        var db = await lasting.Open(stoppingToken);
        var (face, now) = (faces.Face, time.GetUtcNow());
        var brought = await SweepJobs.Lost(db, face, Batch, stoppingToken) + await SweepJobs.Due(db, face, Batch, stoppingToken);
        if (now - _strays >= Strays)
        {
            brought += await SweepJobs.Stray(db, face, Batch, stoppingToken);
            await SweepJobs.Orphans(db, stoppingToken);
            _strays = now;
        }
        if (brought > 0)
            signals.Queued();
        if (now - _counted >= options.Value.CountInterval)
        {
            metrics.Counted(await QueueCounts.Run(db, stoppingToken));
            _counted = now;
        }
        await lasting.Drop();
        if (brought < Batch)
            await Task.Delay(options.Value.SweepInterval, time, stoppingToken);
    }

    private async Task Renew(LastingConnection db, CancellationToken stoppingToken)
    {
        var settings = options.Value;
        await Task.Delay(settings.Lease / 4, time, stoppingToken);
        // A step that outlived its bound is no longer waited for.
        var ids = running.Younger(settings.StepTimeout + settings.Lease / 4);
        if (ids.Count > 0)
            await RenewLeases.Run(await db.Open(stoppingToken), running.Runner, ids, settings.Lease, stoppingToken);
    }

    private async Task Announce(LastingConnection db, CancellationToken stoppingToken)
    {
        engine.Announce();
        await Task.Delay(AnnounceEvery, time, stoppingToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (role.RunsWorkers)
                engine.Withdraw();
        }
        catch (Exception failure)
        {
            LogFailed(failure, "take this process off the list of servers");
        }
    }

    /// <param name="keeps">Its connection, because orders wait for it; the others take one of the pool each time.</param>
    private async Task Loop(
        string what,
        Func<LastingConnection, CancellationToken, Task> turn,
        CancellationToken stoppingToken,
        bool keeps = false
    )
    {
        await using var db = new LastingConnection(dataSource);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await turn(db, stoppingToken);
                if (!keeps)
                    await db.Drop();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure, what);
                await db.Drop();
                if (failure is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName })
                    await MakeSchemaAgain(stoppingToken);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Somebody dropped it, a migration or a person: the outbox has all that was in it.</summary>
    private async Task MakeSchemaAgain(CancellationToken stoppingToken)
    {
        try
        {
            await engine.Prepare(stoppingToken);
        }
        catch (Exception failure)
        {
            LogFailed(failure, "make Hangfire's tables again");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "It failed to {What}; it will be tried again.")]
    private partial void LogFailed(Exception failure, string what);
}
