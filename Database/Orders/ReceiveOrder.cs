using Dapper;
using MPanel.Database.Jobs;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Body">Canonical JSON.</param>
/// <param name="Digest">SHA-256 of what the order says, however it was spelled.</param>
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

    private sealed record ExistingIntake(string Reference, byte[] BodyDigest, string Body);

    /// <summary>
    /// One statement, and so one transaction in one round trip: the work is added here as <see cref="AddJob"/> would, whose statement
    /// this one contains.
    /// </summary>
    /// <param name="isSame">Whether a body that is here, with another digest, says the same: an earlier release computed digests differently.</param>
    public static async Task<ReceivedOrder> Run(
        NpgsqlConnection db,
        NewIntake intake,
        Func<string, bool> isSame,
        CancellationToken cancellationToken
    )
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
                ), refused_before as (
                    update refused_orders r
                    set status = 'received', intake_id = intake.id, updated_at = now()
                    from intake where r.stripe_payment_intent_id = @PaymentIntentId and r.status <> 'received'
                    returning r.intake_id, r.note, r.closed_by
                ), closed_before as (
                    {Timeline.Append}
                    select '{Timeline.Intake}', intake_id, now(), 'note', null, null, 'noted', null,
                           'It was refused before, and closed: ' || note, null, closed_by, @CorrelationId
                    from refused_before where closed_by is not null
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
        return inserted is null ? await Compare(db, intake, isSame) : new ReceivedOrder(ReceivedOrder.Outcome.Created, inserted);
    }

    /// <summary>
    /// What is seen here may have been committed without the synchronous standby, when the wait for it was cut off. A repeat is acknowledged
    /// like a new order, so it writes a message to the log, and by that its own commit waits until the standby has all that came before.
    /// </summary>
    private static async Task<ReceivedOrder> Compare(NpgsqlConnection db, NewIntake intake, Func<string, bool> isSame)
    {
        var existing = await db.QuerySingleAsync<ExistingIntake>(
            """
            with mark as (select pg_logical_emit_message(true, 'mpanel', ''))
            select reference, body_digest, body::text as body from order_intakes cross join mark where stripe_payment_intent_id = @PaymentIntentId
            """,
            intake,
            commandTimeout: Bound
        );
        var same = existing.BodyDigest.AsSpan().SequenceEqual(intake.Digest) || isSame(existing.Body);
        if (same)
            await MarkRefused(db, intake);
        return new ReceivedOrder(same ? ReceivedOrder.Outcome.Repeated : ReceivedOrder.Outcome.Contradicted, existing.Reference);
    }

    /// <summary>A wrong body of this order, sent at the same moment as the right one, may have been kept after it.</summary>
    private static Task<int> MarkRefused(NpgsqlConnection db, NewIntake intake) =>
        db.ExecuteAsync(
            """
            update refused_orders r set status = 'received', intake_id = i.id, updated_at = now()
            from order_intakes i
            where r.stripe_payment_intent_id = @PaymentIntentId and r.status = 'open'
              and i.stripe_payment_intent_id = @PaymentIntentId
            """,
            intake,
            commandTimeout: Bound
        );
}
