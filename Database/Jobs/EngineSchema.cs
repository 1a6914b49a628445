using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class EngineSchema
{
    // Processes that start together must not create the tables side by side.
    private const long LockKey = 0x4D50_656E_6769;

    /// <summary>Makes sure that Hangfire's schema exists, one process at a time.</summary>
    /// <param name="fill">Makes its tables. What the outbox knew of an older schema is forgotten before.</param>
    /// <param name="check">Gets the version of the tables.</param>
    public static async Task Prepare(
        NpgsqlDataSource dataSource,
        string schema,
        Func<Task> fill,
        Action<int> check,
        CancellationToken cancellationToken
    )
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await db.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey });
        try
        {
            if (await Version(db) is not { } version)
            {
                await HandOver.Forget(db);
                await db.ExecuteAsync($"create schema if not exists {new NpgsqlCommandBuilder().QuoteIdentifier(schema)}");
                await fill();
                version = await Version(db) ?? 0;
            }
            check(version);
        }
        finally
        {
            await db.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    /// <summary>Null where there are no tables.</summary>
    private static async Task<int?> Version(NpgsqlConnection db) =>
        await db.ExecuteScalarAsync<string?>("select to_regclass('hangfire.schema')::text") is null
            ? null
            : await db.ExecuteScalarAsync<int?>("select version from hangfire.schema");
}
