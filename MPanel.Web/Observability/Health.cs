using MPanel.Database;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Web.Observability;

/// <summary>What readiness asks of one part. Detail is for people.</summary>
public sealed record HealthCheckResult(string Name, bool Ready, string Detail);

/// <summary>Asks the database whether this process can serve.</summary>
public sealed class DatabaseHealth(NpgsqlDataSource dataSource)
{
    public async Task<HealthCheckResult> Check(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
            var missing = await Migrator.Missing(db);
            return missing.Count == 0
                ? new HealthCheckResult("database", true, "reachable, migrated")
                : new HealthCheckResult("database", false, $"migrations missing: {string.Join(", ", missing)}");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or MigrationConflictException)
        {
            return new HealthCheckResult("database", false, e is MigrationConflictException ? e.Message : "unreachable");
        }
    }
}

/// <summary>Asks the job engine whether it took up its work.</summary>
public sealed class EngineHealth(IJobEngine engine)
{
    public HealthCheckResult Check() => new("jobs", engine.IsReady, engine.IsReady ? "running" : "not started");
}
