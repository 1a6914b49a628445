using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>Every night: forgets login attempts and ended sessions that are older than Access:KeepAttemptsDays.</summary>
internal sealed class PruneAttempts(NpgsqlDataSource dataSource, IOptions<AccessOptions> options) : IRecurringJob
{
    private const int Batch = 5000;

    public string Id => "access.prune";
    public string Cron => "43 3 * * *";
    public string Does => "Forgets login attempts and ended sessions that are too old.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var pruned = 0L;
        long batch;
        do
        {
            batch = await LoginAttempts.Prune(db, TimeSpan.FromDays(options.Value.KeepAttemptsDays), Batch, cancellationToken);
            pruned += batch;
        } while (batch > 0);
        return $"{pruned} login attempts and sessions forgotten.";
    }
}
