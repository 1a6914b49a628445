using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class EngineSchema
{
    // Processes that start together must not create the engine's tables side by side.
    private const long LockKey = 0x4D50_656E_6769;

    /// <summary>Makes sure the engine's own schema exists, and runs what fills it, one process at a time.</summary>
    public static async Task Prepare(NpgsqlDataSource dataSource, string schema, Func<Task> fill, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await db.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey });
        try
        {
            await db.ExecuteAsync($"create schema if not exists {new NpgsqlCommandBuilder().QuoteIdentifier(schema)}");
            await fill();
        }
        finally
        {
            await db.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }
}
