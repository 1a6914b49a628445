using Hangfire;
using Hangfire.Logging;
using Hangfire.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Whether this process runs work, or only adds it for others to run.</summary>
public sealed record JobRole(bool RunsWorkers);

/// <summary>Hangfire in this process: its tables, its server for recurring jobs, and this process in its list of servers.</summary>
public sealed class JobEngine(
    JobStorage storage,
    JobFilters filters,
    JobsFromServices activator,
    JobFaces faces,
    NpgsqlDataSource dataSource,
    JobRole role,
    IEnumerable<IRecurringJob> recurring,
    IOptions<JobOptions> options,
    ILoggerFactory loggers
) : IHostedService, IDisposable
{
    // Recurring jobs are few and short.
    private const int RecurringAtOnce = 2;

    private BackgroundJobServer? _server;
    private volatile bool _ready;

    /// <summary>Started and not stopped.</summary>
    public bool IsReady => _ready;

    /// <summary>Prepares Hangfire's schema and, in a process that runs work, starts what recurs. After the migrations.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LogProvider.SetCurrentLogProvider(new HangfireLog(loggers));
        await Prepare(cancellationToken);
        if (role.RunsWorkers)
            _server = new BackgroundJobServer(ServerOptions(), storage);
        _ready = true;
    }

    /// <summary>Makes Hangfire's tables and its schedules where they are missing: at the start, and after somebody dropped the schema.</summary>
    internal async Task Prepare(CancellationToken cancellationToken)
    {
        await HangfireSchema.Prepare(dataSource, cancellationToken);
        if (role.RunsWorkers)
            RecurringJobs.Schedule(storage, filters, [.. recurring]);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _ready = false;
        if (_server is null)
            return;
        _server.SendStop();
        await _server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _server.Dispose();
        _server = null;
    }

    /// <summary>Lists this process among Hangfire's servers, so that it doesn't call what runs here aborted. To be repeated.</summary>
    internal void Announce()
    {
        using var connection = storage.GetConnection();
        connection.AnnounceServer(
            faces.Face.Server,
            new ServerContext { Queues = [.. JobFace.Queues], WorkerCount = options.Value.Workers + options.Value.MailWorkers }
        );
        connection.Heartbeat(faces.Face.Server);
    }

    internal void Withdraw()
    {
        using var connection = storage.GetConnection();
        connection.RemoveServer(faces.Face.Server);
    }

    public void Dispose() => _server?.Dispose();

    private BackgroundJobServerOptions ServerOptions() =>
        new()
        {
            WorkerCount = RecurringAtOnce,
            Activator = activator,
            FilterProvider = filters,
            // Work of the outbox that is scheduled is brought by the sweep; Hangfire's own poller is the second net.
            SchedulePollingInterval = TimeSpan.FromSeconds(15),
            HeartbeatInterval = TimeSpan.FromSeconds(10),
            ServerTimeout = TimeSpan.FromMinutes(1),
            ServerCheckInterval = TimeSpan.FromSeconds(30),
            StopTimeout = options.Value.DrainTimeout,
            ShutdownTimeout = options.Value.DrainTimeout + TimeSpan.FromSeconds(5),
        };
}
