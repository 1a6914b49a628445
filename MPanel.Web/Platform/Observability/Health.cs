using Microsoft.Extensions.Options;
using MPanel.Database;
using MPanel.Database.Servers;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Platform.Observability;

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
public sealed class EngineHealth(JobEngine engine)
{
    public HealthCheckResult Check() => new("jobs", engine.IsReady, engine.IsReady ? "running" : "not started");
}

/// <summary>Asks whether the servers that have an agent hear from it. A silent agent does not make this process unready.</summary>
public sealed class AgentHealth(NpgsqlDataSource dataSource, IOptions<ProvisioningOptions> options)
{
    public async Task<HealthCheckResult> Check(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var servers = (await ServerList.All(db, options.Value.OfflineAfter)).Where(s => s.HeardAt is not null).ToList();
        // Who works on a machine knows that its agent is silent.
        var silent = servers.Where(s => !s.Online && s.State != ServerState.Maintenance).Select(s => s.Name).ToList();
        var unwell = servers.Where(s => s is { Online: true, Problem: not null }).Select(s => s.Name).ToList();
        return new HealthCheckResult(
            "node agents",
            servers.Count > 0 && silent.Count == 0 && unwell.Count == 0,
            servers.Count == 0 ? "none has reported yet"
                : silent.Count > 0 ? $"not heard of: {string.Join(", ", silent)}"
                : unwell.Count > 0 ? $"not well: {string.Join(", ", unwell)}"
                : $"{servers.Count} reporting"
        );
    }
}
