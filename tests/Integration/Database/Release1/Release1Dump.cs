using Dapper;
using MPanel.Database;
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

    /// <summary>Applies this build's migrations up to one, as the migrator does: what came later is tested elsewhere.</summary>
    public static async Task MigrateTo(string connectionString, string last)
    {
        await using var db = new NpgsqlConnection(connectionString);
        await db.OpenAsync();
        foreach (var migration in Migrator.All.Where(m => string.CompareOrdinal(m.Name, last) <= 0))
        {
            if (await db.ExecuteScalarAsync<bool>("select exists (select from schema_migrations where name = @Name)", migration))
                continue;
            await using var transaction = await db.BeginTransactionAsync();
            await db.ExecuteAsync(migration.Sql, transaction: transaction);
            await db.ExecuteAsync("insert into schema_migrations (name, checksum) values (@Name, @Checksum)", migration, transaction);
            await transaction.CommitAsync();
        }
    }

    /// <summary>A line for each table of either schema but the migrator's own: its name, and a digest of all its rows.</summary>
    public static async Task<IReadOnlyList<string>> Fingerprint(string connectionString)
    {
        await using var db = new NpgsqlConnection(connectionString);
        var tables = await db.QueryAsync<string>(
            """
            select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
            where schemaname in ('public', 'hangfire') and tablename <> 'schema_migrations' order by 1
            """
        );
        var lines = new List<string>();
        foreach (var table in tables)
        {
            var digest = await db.ExecuteScalarAsync<string>($"select md5(string_agg(t::text, chr(10) order by t::text)) from {table} t");
            lines.Add($"{table} {digest}");
        }
        return lines;
    }

    public static async Task<string> Text()
    {
        await using var stream = typeof(Release1Dump).Assembly.GetManifestResourceStream("release1.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
