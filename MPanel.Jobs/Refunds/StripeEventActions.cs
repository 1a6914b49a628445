using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>What a person does with events of Stripe's.</summary>
public sealed class StripeEventActions(NpgsqlDataSource dataSource, JobSignals jobs)
{
    /// <summary>Looks into one again. It does no harm: what is so is asked of Stripe.</summary>
    public async Task<Outcome<Unit>> Replay(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        switch (await ReceiveStripeEvents.Again(transaction, id))
        {
            case null:
                return new Outcome<Unit>.Missing();
            case false:
                return Refusal.State("event_in_work", "It is being looked into right now, or its job has stopped: see the jobs.");
        }
        await actor.Audit("stripe_event.replayed", $"Stripe event {id}").Append(db, transaction);
        await transaction.CommitAsync();
        jobs.Added();
        return new Outcome<Unit>.Done(default);
    }
}
