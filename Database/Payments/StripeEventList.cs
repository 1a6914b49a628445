using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Payments;

/// <param name="EventId">Stripe's.</param>
/// <param name="State">One of <see cref="StripeEventState"/>.</param>
/// <param name="Outcome">What it did, or why nothing; null while it is looked into.</param>
/// <param name="Looks">How often it was taken up.</param>
/// <param name="CameBy">webhook, or fetched because the webhook never came.</param>
/// <param name="Created">By Stripe's clock.</param>
/// <param name="PaymentId">Null while the panel doesn't know the payment.</param>
public sealed record StripeEventListRow(
    long Id,
    string EventId,
    string Type,
    string ObjectId,
    string? PaymentIntent,
    bool Livemode,
    DateTimeOffset Created,
    string State,
    string? Outcome,
    int Looks,
    string CameBy,
    DateTimeOffset ReceivedAt,
    DateTimeOffset UpdatedAt,
    long? PaymentId,
    string SortKey
) : IListRow;

/// <param name="Q">Stripe's id of an event, of its object, or of a PaymentIntent; null for all.</param>
/// <param name="From">Received then or later.</param>
/// <param name="Before">Received before then.</param>
public sealed record StripeEventFilter(
    string? Q = null,
    string? State = null,
    string? Type = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Before = null
);

/// <summary>One time that an event was taken up.</summary>
/// <param name="State">Of the job, see <see cref="Jobs.JobState"/>.</param>
/// <param name="Attempts">So far, crashes among them.</param>
/// <param name="Reason">Why it waits or stopped; null otherwise.</param>
public sealed record StripeEventLook(long JobId, string State, int Attempts, string? Reason, DateTimeOffset At);

public static class StripeEventList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("received", "e.received_at", "timestamptz")];

    private const string Matching = """
        where (@Q::text is null or e.id = any (array(
                select f.id from stripe_events f where f.event_id = @Q
                union
                select f.id from stripe_events f where f.object_id = @Q
                union
                select f.id from stripe_events f where f.payment_intent_id = @Q)))
          and (@State::text is null or e.state = @State)
          and (@Type::text is null or e.type = @Type)
          and (@From::timestamptz is null or e.received_at >= @From)
          and (@Before::timestamptz is null or e.received_at < @Before)
        """;

    private const string Selected = """
        select e.id, e.event_id, e.type, e.object_id, e.payment_intent_id as payment_intent, e.livemode, e.created, e.state, e.outcome, e.looks,
               e.came_by, e.received_at, e.updated_at, p.id as payment_id
        """;

    private const string Tables = "from stripe_events e left join payments p on p.stripe_payment_intent_id = e.payment_intent_id";

    public static Task<Slice<StripeEventListRow>> Read(NpgsqlConnection db, StripeEventFilter filter, SliceRequest slice) =>
        slice.Read<StripeEventListRow>(
            db,
            "e.id",
            $$"""
            {{Selected}}, ({sort})::text as sort_key
            {{Tables}}
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, StripeEventFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from stripe_events e {Matching} limit @bound) counted", filter);

    /// <summary>Null when there is none.</summary>
    public static Task<StripeEventListRow?> One(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<StripeEventListRow>($"{Selected}, '' as sort_key {Tables} where e.id = @id", new { id });

    /// <summary>The newest first; those of long ago are forgotten.</summary>
    public static async Task<IReadOnlyList<StripeEventLook>> Looks(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<StripeEventLook>(
                """
                select id as job_id, state, attempt as attempts, reason, created_at as at
                from outbox where subject_kind = 'stripe_event' and subject_id = @id order by id desc limit 20
                """,
                new { id }
            )
        ).AsList();
}
