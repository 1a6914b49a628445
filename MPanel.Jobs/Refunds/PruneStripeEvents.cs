using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>Every night: forgets events of Stripe's that came long ago. Stripe itself has them for 30 days.</summary>
public sealed class PruneStripeEvents(NpgsqlDataSource dataSource) : IRecurringJob
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private const int Batch = 1000;

    public string Id => "stripe.prune";
    public string Cron => "27 3 * * *";
    public string Does => "Forgets events of Stripe's after 90 days.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var pruned = 0;
        int batch;
        do
        {
            batch = await ReceiveStripeEvents.Prune(db, Kept, Batch, cancellationToken);
            pruned += batch;
        } while (batch == Batch);
        return $"{pruned} events forgotten.";
    }
}
