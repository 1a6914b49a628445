using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Release1;

/// <summary>What release 1 left behind, see README.md beside the dump.</summary>
public static class Release1Dump
{
    /// <summary>A database of its own that holds the dump and nothing else; not migrated. Returns its connection string.</summary>
    public static async Task<string> Load()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateEmptyDatabase();
        // Not pooled: the dump sets its session up as pg_dump likes it.
        await using var db = new NpgsqlConnection(connectionString + ";Pooling=false");
        await db.OpenAsync();
        await using var command = new NpgsqlCommand(await Text(), db) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
        return connectionString;
    }

    public static async Task<string> Text()
    {
        await using var stream = typeof(Release1Dump).Assembly.GetManifestResourceStream("release1.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
