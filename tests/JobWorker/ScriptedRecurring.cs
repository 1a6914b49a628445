using Dapper;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Tests.JobWorker;

/// <summary>Leaves a row in attempts each time it runs.</summary>
public sealed class ScriptedRecurring(string cron, NpgsqlDataSource dataSource) : IRecurringJob
{
    public const string JobId = "test.recurring";

    public string Id => JobId;
    public string Cron => cron;
    public string Does => "Runs in tests.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await db.ExecuteAsync(
            "insert into attempts (job_id, kind, attempt, process) values (0, @JobId, 1, @ProcessId)",
            new { JobId, Environment.ProcessId }
        );
        return "Ran.";
    }
}
