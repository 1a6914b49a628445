using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.Server;
using Hangfire.States;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>Jobs of the engine's method as Hangfire itself writes them, with a client and a worker of its own.</summary>
internal sealed class StockJobs(NpgsqlDataSource dataSource)
{
    private const string Queue = "stock";

    public PostgreSqlStorage Storage { get; } =
        new(
            new Connections(dataSource),
            new PostgreSqlStorageOptions { SchemaName = HangfireSchema.Name, PrepareSchemaIfNecessary = false }
        );

    /// <summary>A job in this state; Hangfire's id.</summary>
    public string Create(string state)
    {
        var client = new BackgroundJobClient(Storage, new Worker(null));
        var job = Job.FromExpression(() => OutboxJob.Run(1, "A for ORD-1"));
        return state switch
        {
            "Enqueued" => client.Create(job, new EnqueuedState(Queue)),
            "Scheduled" => client.Create(job, new ScheduledState(TimeSpan.FromHours(1))),
            "Failed" => client.Create(job, new FailedState(new InvalidOperationException("Why."))),
            "Deleted" => client.Create(job, new DeletedState()),
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }

    /// <summary>Has a stock worker run one, and looks at it while it is Processing.</summary>
    /// <returns>Hangfire's id of the job, which has succeeded.</returns>
    public async Task<string> Run(Action<string> whileProcessing)
    {
        var done = new TaskCompletionSource();
        var id = Create("Enqueued");
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                Queues = [Queue],
                WorkerCount = 1,
                FilterProvider = new Worker(job =>
                {
                    if (job == id)
                        whileProcessing(id);
                    done.TrySetResult();
                }),
            },
            Storage
        );
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 200 && State(id) != "Succeeded"; i++)
            await Task.Delay(50);
        return id;
    }

    private string? State(string id)
    {
        using var connection = Storage.GetConnection();
        return connection.GetJobData(id)?.State;
    }

    /// <summary>No filter but one that looks.</summary>
    private sealed class Worker(Action<string>? look) : IJobFilterProvider, IServerFilter
    {
        public IEnumerable<JobFilter> GetFilters(Job job) => [new JobFilter(this, JobFilterScope.Global, 0)];

        public void OnPerforming(PerformingContext context) => look?.Invoke(context.BackgroundJob.Id);

        public void OnPerformed(PerformedContext context) { }
    }

    private sealed class Connections(NpgsqlDataSource dataSource) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => dataSource.CreateConnection();
    }
}
