using Microsoft.Extensions.Options;
using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Fetches the events whose webhook never came, and takes up those that came before their payment. Stripe keeps events for 30 days.
/// </summary>
public sealed class MissedEvents(
    NpgsqlDataSource dataSource,
    StripeEvents events,
    IOptions<StripeOptions> options,
    JobSignals jobs,
    TimeProvider time
) : IRecurringJob
{
    /// <summary>What is looked at again: events are not made in the order of their time, and Stripe's clock is another one.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(2);

    /// <summary>Stripe has no older ones.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public string Id => "stripe.events";
    public string Cron => "7 * * * *";
    public string Does => "Fetches events of Stripe's whose webhook never came.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var since = await ReceiveStripeEvents.FetchedTo(db) is { } to && to - Overlap > now - Kept ? to - Overlap : now - Kept;
        var fetched = 0;
        var failure = await events.Since(since, Keep, cancellationToken);
        if (failure is null)
            await ReceiveStripeEvents.HaveFetchedTo(db, now);
        var taken = await ReceiveStripeEvents.TakeUpWaiting(db);
        if (fetched + taken > 0)
            jobs.Added();
        // What was read stands. The next round reads it all again, and keeps what is new.
        return failure is null
            ? $"{fetched} fetched, {taken} that had waited taken up"
            : throw new InvalidOperationException($"Stripe gave no whole answer: {failure}");

        async Task Keep(string json)
        {
            if (
                StripeEventReading.Read(json, options.Value.ExpectedLiveMode) is { } notice
                && await ReceiveStripeEvents.Run(db, notice, ReceiveStripeEvents.Fetched)
            )
                fetched++;
        }
    }
}
