using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>Every night: deletes work that was over long ago, so that the outbox stays as quick as it was.</summary>
internal sealed class PruneOutbox(NpgsqlDataSource dataSource, IOptions<JobOptions> options) : IRecurringJob
{
    private const int Batch = 1000;

    public string Id => "jobs.prune";
    public string Cron => "17 3 * * *";
    public string Does => "Forgets jobs that succeeded long ago, so that the lists stay quick.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var pruned = 0;
        int batch;
        do
        {
            batch = await PruneJobs.Run(db, TimeSpan.FromDays(options.Value.KeepDoneDays), Batch, cancellationToken);
            pruned += batch;
        } while (batch == Batch);
        return $"{pruned} jobs forgotten.";
    }
}
