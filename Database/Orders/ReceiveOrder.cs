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
    /// <summary>Seconds. Whoever sent the order must hear 503 while they still listen, also when the commit waits for a standby that is gone.</summary>
    private const int Bound = 10;

    private sealed record InsertedIntake(string Reference, long FirstStepId);

    private sealed record ExistingIntake(string Reference, byte[] BodyDigest);

    /// <summary>
    /// One statement, and so one transaction in one round trip: the chain is started here as <see cref="StartChain"/> would, whose
    /// statement this one contains.
    /// </summary>
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
        // A concurrent insert of the same PaymentIntent makes this one wait for it, and then do nothing.
        var inserted = await db.QuerySingleOrDefaultAsync<InsertedIntake>(
            new CommandDefinition(
                """
                with intake as (
                    insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
                    values (@PaymentIntentId, @Digest, @Body::jsonb, @CorrelationId)
                    on conflict (stripe_payment_intent_id) do nothing
                    returning id, reference
                ), line as (
                    insert into order_timeline (intake_id, step, outcome, message, actor, correlation_id)
                    select id, 'intake', 'received', 'Received for ' || @PaymentIntentId, @ReceivedBy, @CorrelationId from intake
                ), chain as (
                    insert into job_chains (kind, dedupe_key, subject, correlation_id)
                    select @chainKind, @chainKind || ':' || id, reference, @CorrelationId from intake
                    returning id
                ), steps as (
                    insert into job_steps (chain_id, position, kind, payload, state)
                    select chain.id, s.position, s.kind, jsonb_build_object('intakeId', intake.id),
                        case s.position when 1 then 'due' else 'waiting' end
                    from intake cross join chain cross join unnest(@steps) with ordinality as s (kind, position)
                    returning id, position
                )
                select intake.reference, steps.id as first_step_id from intake cross join steps where steps.position = 1
                """,
                new
                {
                    intake.PaymentIntentId,
                    intake.Body,
                    intake.Digest,
                    intake.ReceivedBy,
                    intake.CorrelationId,
                    chainKind,
                    steps = steps.ToArray(),
                },
                commandTimeout: Bound,
                cancellationToken: cancellationToken
            )
        );
        return inserted is null
            ? await Compare(db, intake)
            : new ReceivedOrder(ReceivedOrder.Outcome.Created, inserted.Reference, inserted.FirstStepId);
    }

    /// <summary>
    /// What is seen here may have been committed without the synchronous standby, when the wait for it was cut off. A repeat is acknowledged
    /// like a new order, so it writes a message to the log, and by that its own commit waits until the standby has all that came before.
    /// </summary>
    private static async Task<ReceivedOrder> Compare(NpgsqlConnection db, NewIntake intake)
    {
        var existing = await db.QuerySingleAsync<ExistingIntake>(
            """
            with mark as (select pg_logical_emit_message(true, 'mpanel', ''))
            select reference, body_digest from order_intakes cross join mark where stripe_payment_intent_id = @PaymentIntentId
            """,
            intake,
            commandTimeout: Bound
        );
        var same = existing.BodyDigest.AsSpan().SequenceEqual(intake.Digest);
        return new ReceivedOrder(same ? ReceivedOrder.Outcome.Repeated : ReceivedOrder.Outcome.Contradicted, existing.Reference);
    }
}
