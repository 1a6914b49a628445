using MPanel.Database.Orders;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Step 1 of the sacred path, see docs/blueprint.md: what passed validation becomes an intake and its work, once.</summary>
public sealed class OrderIntake(NpgsqlDataSource dataSource, JobSignals jobs)
{
    /// <param name="actor">Who brought it.</param>
    public async Task<ReceivedOrder> Take(Actor actor, OrderBody body, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var received = await Take(db, actor, body);
        if (received.Result == ReceivedOrder.Outcome.Created)
            Announce();
        return received;
    }

    /// <summary>The same on a connection of the caller's, in its transaction where there is one: <see cref="Announce"/> it after the commit.</summary>
    public static async Task<ReceivedOrder> Take(NpgsqlConnection db, Actor actor, OrderBody body)
    {
        var digest = OrderDigest.Of(body);
        var json = body.ToJson();
        // Not the caller's token: one that hangs up in the middle of the commit must not leave the outcome in the air.
        var received = await ReceiveOrder.Run(
            db,
            new NewIntake(body.StripePaymentIntentId, json, digest, actor.Name, actor.CorrelationId),
            existing => OrderDigest.Of(OrderBody.FromJson(existing)).AsSpan().SequenceEqual(digest),
            CancellationToken.None
        );
        if (received.Result == ReceivedOrder.Outcome.Contradicted)
            await actor.Audit("order.contradicted", $"order {received.Reference}", after: json).Append(db);
        return received;
    }

    /// <summary>There is a new order to work on.</summary>
    public void Announce() => jobs.Added();
}
