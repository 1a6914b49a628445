using MPanel.Database.Servers;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Servers;

/// <summary>Every hour: makes hours of the minutes that servers reported, and forgets what is too old.</summary>
public sealed class MetricsJob(NpgsqlDataSource dataSource) : IRecurringJob
{
    public string Id => "servers.metrics";
    public string Cron => "7 * * * *";
    public string Does => "Adds up hours from the minutes that servers reported, and forgets figures that are too old.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var rolledUp = await RollUpMetrics.Run(transaction);
        await transaction.CommitAsync(cancellationToken);
        return $"{rolledUp.Hours} hours kept, {rolledUp.Forgotten} rows forgotten.";
    }
}
