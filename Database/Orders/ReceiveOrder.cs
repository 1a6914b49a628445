using Dapper;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Body">Canonical JSON.</param>
/// <param name="Digest">SHA-256 of <paramref name="Body"/>.</param>
/// <param name="ReceivedBy">Name of the API key that brought it.</param>
public sealed record NewIntake(string PaymentIntentId, string Body, byte[] Digest, string ReceivedBy, string CorrelationId);

/// <summary>What became of a received order: new, a repeat of one that is here, or a contradiction of one that is here.</summary>
/// <param name="FirstStepId">For new: to be dispatched after the commit.</param>
public sealed record ReceivedOrder(ReceivedOrder.Outcome Result, string Reference, long FirstStepId = 0)
{
    public enum Outcome
    {
        Created,
        Repeated,
        Contradicted,
    }
}

/// <summary>Step 1 of the sacred path, see docs/blueprint.md: the intake and its chain are durable together before anybody hears "accepted".</summary>
public static class ReceiveOrder
{
    private sealed record InsertedIntake(long Id, string Reference);

    private sealed record ExistingIntake(string Reference, byte[] BodyDigest);

    /// <param name="chainKind">The chain that turns the intake into an order.</param>
    /// <param name="steps">Its steps, in order.</param>
    public static async Task<ReceivedOrder> Run(
        NpgsqlConnection db,
        NewIntake intake,
        string chainKind,
        IReadOnlyList<string> steps,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        // A concurrent insert of the same PaymentIntent makes this one wait for it, and then do nothing.
        var inserted = await db.QuerySingleOrDefaultAsync<InsertedIntake>(
            """
            with intake as (
                insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
                values (@PaymentIntentId, @Digest, @Body::jsonb, @CorrelationId)
                on conflict (stripe_payment_intent_id) do nothing
                returning id, reference
            ), line as (
                insert into order_timeline (intake_id, step, outcome, message, actor, correlation_id)
                select id, 'intake', 'received', 'Received for ' || @PaymentIntentId, @ReceivedBy, @CorrelationId from intake
            )
            select id, reference from intake
            """,
            intake,
            transaction
        );
        if (inserted is null)
            return await Compare(db, intake, transaction);
        var chain = await StartChain.Run(
            transaction,
            new NewChain(
                chainKind,
                $"{chainKind}:{inserted.Id}",
                inserted.Reference,
                intake.CorrelationId,
                $$"""{"intakeId":{{inserted.Id}}}""",
                steps
            )
        );
        await transaction.CommitAsync(cancellationToken);
        return new ReceivedOrder(ReceivedOrder.Outcome.Created, inserted.Reference, chain.FirstStepId);
    }

    private static async Task<ReceivedOrder> Compare(NpgsqlConnection db, NewIntake intake, NpgsqlTransaction transaction)
    {
        var existing = await db.QuerySingleAsync<ExistingIntake>(
            "select reference, body_digest from order_intakes where stripe_payment_intent_id = @PaymentIntentId",
            intake,
            transaction
        );
        var same = existing.BodyDigest.AsSpan().SequenceEqual(intake.Digest);
        return new ReceivedOrder(same ? ReceivedOrder.Outcome.Repeated : ReceivedOrder.Outcome.Contradicted, existing.Reference);
    }
}
