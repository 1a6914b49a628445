using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace MPanel.Database;

/// <summary>A migration as it stands in the assembly. Checksum: SHA-256 of its text, hexadecimal.</summary>
public sealed record Migration(string Name, string Sql, string Checksum);

/// <summary>A migration that was applied earlier no longer has the text it was applied with, or is missing from this build.</summary>
public sealed class MigrationConflictException(string message) : Exception(message);

/// <summary>Brings a database to this build's schema. Plain SQL, forward only, each file in a transaction of its own.</summary>
public static class Migrator
{
    // Any constant will do; it must only never change, or two versions would migrate side by side.
    private const long LockKey = 0x4D50_616E_656C;

    public static IReadOnlyList<Migration> All { get; } = Load();

    /// <summary>Applies what is missing, one process at a time. Returns the names applied.</summary>
    /// <exception cref="MigrationConflictException">The database holds a migration that this build does not have as it was applied.</exception>
    public static async Task<IReadOnlyList<string>> Run(NpgsqlDataSource dataSource, CancellationToken cancellationToken = default)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await db.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 0);
        try
        {
            await db.ExecuteAsync(
                """
                create table if not exists schema_migrations (
                    name text primary key,
                    checksum text not null,
                    applied_at timestamptz not null default now()
                )
                """
            );
            var applied = await Applied(db);
            if (applied.Keys.Except(All.Select(m => m.Name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } newer)
                throw new MigrationConflictException(
                    $"The database has migration {newer}, which this build does not know: it is newer than this build."
                );
            var missing = All.Where(m => !applied.ContainsKey(m.Name)).ToList();
            foreach (var migration in missing)
                await Apply(db, migration, cancellationToken);
            return [.. missing.Select(m => m.Name)];
        }
        finally
        {
            await db.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    /// <summary>
    /// Names of this build's migrations that the database lacks; empty when it is ready. Newer ones that this build doesn't know are
    /// no hindrance: migrations only add, and an older process goes on serving while the new version is rolled out.
    /// </summary>
    /// <exception cref="MigrationConflictException">A migration was changed after it was applied.</exception>
    public static async Task<IReadOnlyList<string>> Missing(NpgsqlConnection db)
    {
        if (await db.ExecuteScalarAsync<string?>("select to_regclass('schema_migrations')::text") is null)
            return [.. All.Select(m => m.Name)];
        var applied = await Applied(db);
        return [.. All.Where(m => !applied.ContainsKey(m.Name)).Select(m => m.Name)];
    }

    private static async Task<Dictionary<string, string>> Applied(NpgsqlConnection db)
    {
        var rows = await db.QueryAsync<(string Name, string Checksum)>("select name, checksum from schema_migrations");
        var applied = rows.ToDictionary(r => r.Name, r => r.Checksum);
        foreach (var known in All)
            if (applied.TryGetValue(known.Name, out var checksum) && checksum != known.Checksum)
                throw new MigrationConflictException($"Migration {known.Name} was changed after it was applied.");
        return applied;
    }

    private static async Task Apply(NpgsqlConnection db, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        await db.ExecuteAsync(migration.Sql, transaction: transaction, commandTimeout: 0);
        await db.ExecuteAsync("insert into schema_migrations (name, checksum) values (@Name, @Checksum)", migration, transaction);
        await transaction.CommitAsync(cancellationToken);
    }

    private static List<Migration> Load()
    {
        const string marker = ".Migrations.";
        var assembly = typeof(Migrator).Assembly;
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(n => n.Contains(marker, StringComparison.Ordinal) && n.EndsWith(".sql", StringComparison.Ordinal))
                .Select(resource =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
                    var sql = reader.ReadToEnd();
                    var name = resource[(resource.IndexOf(marker, StringComparison.Ordinal) + marker.Length)..^".sql".Length];
                    return new Migration(name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
                })
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];
    }
}
