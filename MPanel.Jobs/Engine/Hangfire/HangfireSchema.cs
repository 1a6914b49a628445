using Hangfire.PostgreSql;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Another version of Hangfire's tables than the one that this build writes to. Its message says how to mend it.</summary>
public sealed class HangfireSchemaException(int found)
    : Exception(
        $"The schema {HangfireSchema.Name} has version {found}, and this build writes version {HangfireSchema.Version}: stop every MPanel "
            + $"process and drop it (drop schema {HangfireSchema.Name} cascade); it is made again at the next start and loses nothing."
    );

public static class HangfireSchema
{
    public const string Name = "hangfire";

    /// <summary>The engine writes Hangfire's tables itself, so a version is taken only after a test compared the columns.</summary>
    public const int Version = 23;

    /// <summary>Makes Hangfire's tables where they are missing, one process at a time.</summary>
    /// <exception cref="HangfireSchemaException">They are of another version.</exception>
    public static Task Prepare(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        EngineSchema.Prepare(
            dataSource,
            Name,
            async () =>
            {
                await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
                PostgreSqlObjectsInstaller.Install(db, Name);
            },
            found =>
            {
                if (found != Version)
                    throw new HangfireSchemaException(found);
            },
            cancellationToken
        );
}
