using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>Every night: forgets login attempts and ended sessions that are older than Access:KeepAttemptsDays.</summary>
internal sealed class PruneAttempts(NpgsqlDataSource dataSource, IOptions<AccessOptions> options) : IStep
{
    public const string StepKind = "access.prune";

    private const int Batch = 5000;

    public string Kind => StepKind;
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var pruned = 0L;
        long batch;
        do
        {
            batch = await LoginAttempts.Prune(db, TimeSpan.FromDays(options.Value.KeepAttemptsDays), Batch, cancellationToken);
            pruned += batch;
        } while (batch > 0);
        return new StepVerdict.Done($"{pruned} login attempts and sessions forgotten.");
    }
}
