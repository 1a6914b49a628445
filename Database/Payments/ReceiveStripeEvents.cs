using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <summary>What an event says of itself. What is so is read from Stripe.</summary>
/// <param name="ObjectKind">Such as <c>refund</c>.</param>
/// <param name="PaymentIntentId">Whose money it is about; null for no payment's.</param>
/// <param name="Created">By Stripe's clock.</param>
/// <param name="Ignored">Why nothing is to be done about it; null for what is looked into.</param>
public sealed record StripeEventNotice(
    string EventId,
    string Type,
    string ObjectKind,
    string ObjectId,
    string? PaymentIntentId,
    bool LiveMode,
    DateTimeOffset Created,
    string? Ignored
);

public static class ReceiveStripeEvents
{
    public const string ByWebhook = "webhook";
    public const string Fetched = "fetched";

    /// <summary>Why one waits, for people.</summary>
    public const string PaymentUnknown = "The panel doesn't know its payment yet.";

    /// <summary>Kind of the chain that looks into one.</summary>
    public const string Kind = "stripe.event";

    /// <summary>SQL: the work for events that <c>due</c> (id, event_id, type, looks) names.</summary>
    private const string Work = $$"""
        insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
        select 'stripe:' || id || ':' || looks, '{{Kind}}', 'stripe_event', id, type, event_id, jsonb_build_object('eventId', id) from due
        on conflict (key) do nothing
        """;

    /// <summary>
    /// SQL: takes up the events that came before the payment <c>@PaymentIntentId</c> was known. One that is being kept at this very moment is
    /// taken up by the hourly look.
    /// </summary>
    internal const string TakeUpOfPayment = $"""
        with due as (
            update stripe_events e set state = 'received', looks = e.looks + 1, updated_at = now()
            where e.state = 'waiting' and e.payment_intent_id = @PaymentIntentId
            returning e.id, e.event_id, e.type, e.looks
        )
        {Work}
        """;

    /// <summary>
    /// Keeps an event, with its work, once: how often it comes and by which way doesn't matter. What is about a payment that isn't here waits
    /// for it, and costs neither work nor a question: an account of Stripe's may have many payments of others.
    /// </summary>
    /// <returns>Whether it is new.</returns>
    public static async Task<bool> Run(NpgsqlConnection db, StripeEventNotice notice, string cameBy) =>
        await db.ExecuteScalarAsync<int>(
            $"""
            with due as (
                insert into stripe_events (event_id, type, object_kind, object_id, payment_intent_id, livemode, created, state, outcome, came_by)
                values (@EventId, @Type, @ObjectKind, @ObjectId, @PaymentIntentId, @LiveMode, @Created,
                    case when @Ignored::text is not null then 'ignored'
                         when exists (select from payments where stripe_payment_intent_id = @PaymentIntentId) then 'received'
                         else 'waiting' end,
                    coalesce(@Ignored, case when exists (select from payments where stripe_payment_intent_id = @PaymentIntentId) then null
                         else @unknown end), @cameBy)
                on conflict (event_id) do nothing
                returning id, event_id, type, looks, state
            ), work as (
                {Work.Replace("from due", "from due where state = 'received'", StringComparison.Ordinal)}
            )
            select count(*)::integer from due
            """,
            new
            {
                notice.EventId,
                notice.Type,
                notice.ObjectKind,
                notice.ObjectId,
                notice.PaymentIntentId,
                notice.LiveMode,
                notice.Created,
                notice.Ignored,
                cameBy,
                unknown = PaymentUnknown,
            }
        ) == 1;

    /// <summary>Takes up what waited for a payment that the panel knows by now.</summary>
    /// <returns>How many.</returns>
    public static Task<int> TakeUpWaiting(NpgsqlConnection db) =>
        db.ExecuteScalarAsync<int>(
            $"""
            with due as (
                update stripe_events e set state = 'received', looks = e.looks + 1, updated_at = now()
                from payments p
                where e.state = 'waiting' and p.stripe_payment_intent_id = e.payment_intent_id
                returning e.id, e.event_id, e.type, e.looks
            ), work as ({Work})
            select count(*)::integer from due
            """
        );

    /// <summary>Looks into one again, because a person asked.</summary>
    /// <returns>Null where there is no such event; false where it is being looked into.</returns>
    public static Task<bool?> Again(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteScalarAsync<bool?>(
            $"""
            with due as (
                update stripe_events set state = 'received', looks = looks + 1, updated_at = now()
                where id = @id and state <> 'received'
                returning id, event_id, type, looks
            ), work as ({Work})
            select exists (select from due) from stripe_events where id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>
    /// Forgets what was received so long ago, whatever became of it: the first look at a payment asks Stripe for all that its events told of.
    /// What is being looked into stays.
    /// </summary>
    /// <returns>How many.</returns>
    public static Task<int> Prune(NpgsqlConnection db, TimeSpan age, int limit, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                delete from stripe_events where id in (
                    select id from stripe_events where received_at < now() - @age and state <> 'received'
                    order by received_at, id limit @limit for update skip locked
                )
                """,
                new { age, limit },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Up to when all have been fetched; null before the first look.</summary>
    public static Task<DateTimeOffset?> FetchedTo(NpgsqlConnection db) =>
        db.ExecuteScalarAsync<DateTimeOffset?>("select stripe_events_fetched_to from installation");

    /// <summary>All up to that moment have been fetched.</summary>
    public static Task HaveFetchedTo(NpgsqlConnection db, DateTimeOffset moment) =>
        db.ExecuteAsync("update installation set stripe_events_fetched_to = greatest(stripe_events_fetched_to, @moment)", new { moment });
}
