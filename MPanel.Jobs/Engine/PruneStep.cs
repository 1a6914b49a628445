using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>Every night: forgets chains that ended well long ago, so that the ledger stays as quick as it was.</summary>
internal sealed class PruneStep(NpgsqlDataSource dataSource, IOptions<JobOptions> options) : IStep
{
    public const string StepKind = "jobs.prune";
    private const int Batch = 1000;

    public string Kind => StepKind;
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var pruned = 0;
        int batch;
        do
        {
            batch = await PruneChains.Run(db, TimeSpan.FromDays(options.Value.KeepDoneDays), Batch, cancellationToken);
            pruned += batch;
        } while (batch == Batch);
        return new StepVerdict.Done($"{pruned} chains forgotten.");
    }
}
