using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A process of the panel, as it reports itself.</summary>
/// <param name="Id">Of this start of the process.</param>
/// <param name="Slots">Steps it runs at once at most; 0 for one that runs none.</param>
/// <param name="Running">Steps it ran when it was last seen.</param>
/// <param name="Alive">Seen within the last three reports.</param>
public sealed record JobWorker(
    Guid Id,
    string Host,
    int Pid,
    string[] Roles,
    string Engine,
    int Slots,
    int Running,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt,
    bool Alive
);

/// <param name="Roles">What it does: <c>web</c>, <c>jobs</c>.</param>
public sealed record WorkerReport(Guid Id, string Host, int Pid, string[] Roles, string Engine, int Slots, int Running);

public static class JobWorkers
{
    /// <summary>Adds the process or says that it is still there. Those not heard of for a day are forgotten.</summary>
    public static Task Report(NpgsqlConnection db, WorkerReport report, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                with forgotten as (delete from job_workers where seen_at < now() - interval '1 day' and id <> @Id)
                insert into job_workers (id, host, pid, roles, engine, slots, running)
                values (@Id, @Host, @Pid, @Roles, @Engine, @Slots, @Running)
                on conflict (id) do update set running = excluded.running, seen_at = now()
                """,
                report,
                cancellationToken: cancellationToken
            )
        );

    /// <summary>For a process that ends in order. One that is killed stays in the list, not alive.</summary>
    public static Task Remove(NpgsqlConnection db, Guid id) => db.ExecuteAsync("delete from job_workers where id = @id", new { id });

    /// <param name="interval">How often processes report.</param>
    public static Task<IEnumerable<JobWorker>> Read(NpgsqlConnection db, TimeSpan interval) =>
        db.QueryAsync<JobWorker>(
            """
            select id, host, pid, roles, engine, slots, running, started_at, seen_at, seen_at > now() - 3 * @interval as alive
            from job_workers
            order by alive desc, host, started_at
            """,
            new { interval }
        );
}
