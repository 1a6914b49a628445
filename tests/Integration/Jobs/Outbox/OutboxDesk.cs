using Dapper;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>A database with Hangfire's tables and no process that works on it: the statements are called by the tests.</summary>
public sealed class OutboxDesk : IAsyncDisposable
{
    public const string Kind = "test";

    /// <summary>Work of six steps, A to F.</summary>
    public static readonly JobFace Face = new(OutboxJob.Invocation, """{"test": ["A", "B", "C", "D", "E", "F"]}""", "host:1:outbox");

    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private OutboxDesk(string connectionString, NpgsqlDataSource dataSource, NpgsqlConnection db) =>
        (ConnectionString, DataSource, Connection) = (connectionString, dataSource, db);

    public string ConnectionString { get; }
    public NpgsqlDataSource DataSource { get; }
    public NpgsqlConnection Connection { get; }

    public static async Task<OutboxDesk> Open()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateDatabase();
        var dataSource = Db.Open(connectionString, "outbox-tests");
        await HangfireSchema.Prepare(dataSource, default);
        return new OutboxDesk(connectionString, dataSource, await dataSource.OpenConnectionAsync());
    }

    public async Task<long> Add(string title, string? key = null, string kind = Kind)
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        var job = new NewJob(key ?? Guid.NewGuid().ToString(), kind, "test", 1, title, "correlation", """{"n": 1}""");
        var added = await AddJob.Run(transaction, job);
        await transaction.CommitAsync();
        return added.Id;
    }

    public async Task<long[]> AddMany(int count)
    {
        var ids = await Connection.QueryAsync<long>(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id)
            select 'test:' || n, 'test', 'test', n, 'ORD-' || n, 'c' from generate_series(1, @count) n
            returning id
            """,
            new { count }
        );
        return [.. ids];
    }

    public Task<int> HandOverAll() => HandOver.Run(Connection, Face, 100_000, default);

    public Task<IReadOnlyList<BegunJob>> Begin(int most = 100, Guid? runner = null) =>
        BeginJobs.Run(Connection, runner ?? Guid.NewGuid(), Lease, most, Face, default);

    /// <summary>Adds one, hands it over and begins it.</summary>
    public async Task<BegunJob> Begun(string title = "ORD-1")
    {
        var id = await Add(title);
        await HandOverAll();
        return Assert.Single(await Begin(), b => b.Id == id);
    }

    /// <summary>Ends an attempt and commits, or rolls back where that is refused.</summary>
    public async Task<bool> End(BegunJob job, string state, int step, TimeSpan delay = default, string? code = null, string? reason = null)
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        int[] took = [.. Enumerable.Repeat(5, step - job.Step)];
        var ended = await EndAttempt.Run(
            transaction,
            new AttemptEnd(job.Id, job.Attempt, state, step, took, job.Spent, delay, code, reason),
            Face
        );
        if (ended)
            await transaction.CommitAsync();
        return ended;
    }

    public Task<bool> Stop(BegunJob job) => End(job, JobState.Stopped, job.Step, code: "code", reason: "Why.");

    public Task<bool> Wait(BegunJob job, TimeSpan delay) => End(job, JobState.Waiting, job.Step, delay, "code", "Why.");

    /// <summary>What Hangfire's tables say of it, such as "Enqueued, in the queue".</summary>
    public Task<string> Shown(long id) =>
        Scalar<string>(
            """
            select j.statename
                || case when exists (select from hangfire.jobqueue q where q.jobid = j.id and q.queue = 'outbox') then ', in the queue' else '' end
                || case when exists (select from hangfire.set s where s.key = 'schedule' and s.value = j.id::text) then ', scheduled' else '' end
            from outbox o join hangfire.job j on j.id = o.hangfire_id
            where o.id = @id
            """,
            new { id }
        );

    public Task<string> State(long id) => Scalar<string>("select state from outbox where id = @id", new { id });

    public async Task<T> Scalar<T>(string sql, object? parameters = null) => (await Connection.ExecuteScalarAsync<T>(sql, parameters))!;

    public Task Execute(string sql, object? parameters = null) => Connection.ExecuteAsync(sql, parameters);

    /// <summary>All rows of the tables that an attempt's end may change.</summary>
    public Task<string> Everything() =>
        Scalar<string>(
            """
            select string_agg(row, chr(10) order by row) from (
                select o::text as row from outbox o
                union all select j::text from hangfire.job j
                union all select s::text from hangfire.state s
                union all select q::text from hangfire.jobqueue q
                union all select s::text from hangfire.set s
            ) rows
            """
        );

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await DataSource.DisposeAsync();
    }
}
