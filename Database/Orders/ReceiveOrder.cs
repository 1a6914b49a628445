using Dapper;
using MPanel.Database.Jobs;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Body">Canonical JSON.</param>
/// <param name="Digest">SHA-256 of <paramref name="Body"/>.</param>
/// <param name="ReceivedBy">Name of the API key that brought it.</param>
public sealed record NewIntake(string PaymentIntentId, string Body, byte[] Digest, string ReceivedBy, string CorrelationId);

/// <summary>What became of a received order: new, a repeat of one that is here, or a contradiction of one that is here.</summary>
public sealed record ReceivedOrder(ReceivedOrder.Outcome Result, string Reference)
{
    public enum Outcome
    {
        Created,
        Repeated,
        Contradicted,
    }
}

/// <summary>Step 1 of the sacred path, see docs/blueprint.md: the intake and the work that it makes are durable together before anybody hears "accepted".</summary>
public static class ReceiveOrder
{
    /// <summary>Seconds. Whoever sent the order must hear 503 while they still listen, also when the commit waits for a standby that is gone.</summary>
    private const int Bound = 10;

    private sealed record ExistingIntake(string Reference, byte[] BodyDigest);

    /// <summary>
    /// One statement, and so one transaction in one round trip: the work is added here as <see cref="AddJob"/> would, whose statement
    /// this one contains.
    /// </summary>
    public static async Task<ReceivedOrder> Run(NpgsqlConnection db, NewIntake intake, CancellationToken cancellationToken)
    {
        // A concurrent insert of the same PaymentIntent makes this one wait for it, and then do nothing.
        var inserted = await db.ExecuteScalarAsync<string?>(
            new CommandDefinition(
                $"""
                with intake as (
                    insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
                    values (@PaymentIntentId, @Digest, @Body::jsonb, @CorrelationId)
                    on conflict (stripe_payment_intent_id) do nothing
                    returning id, reference
                ), line as (
                    {Timeline.Append}
                    select '{Timeline.Intake}', id, now(), 'intake', null, null, 'received', null, 'Received for ' || @PaymentIntentId, null,
                           @ReceivedBy, @CorrelationId
                    from intake
                )
                insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
                select 'order:' || id, 'order', 'intake', id, reference, @CorrelationId, jsonb_build_object('intakeId', id) from intake
                returning title as reference
                """,
                new
                {
                    intake.PaymentIntentId,
                    intake.Body,
                    intake.Digest,
                    intake.ReceivedBy,
                    intake.CorrelationId,
                },
                commandTimeout: Bound,
                cancellationToken: cancellationToken
            )
        );
        return inserted is null ? await Compare(db, intake) : new ReceivedOrder(ReceivedOrder.Outcome.Created, inserted);
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
