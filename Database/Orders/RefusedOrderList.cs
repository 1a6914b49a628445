using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="PaymentIntentId">Null where none can be read from what was sent.</param>
/// <param name="Status">open, received or closed.</param>
/// <param name="Faults">JSON: <c>[{ path, code, message }]</c>.</param>
/// <param name="Times">How often it was sent.</param>
/// <param name="Reference">Of the order that it became; null until then.</param>
/// <param name="Note">What is owed; null unless it is closed.</param>
public sealed record RefusedOrderRow(
    long Id,
    string? PaymentIntentId,
    string Status,
    string Faults,
    int Times,
    string ReceivedBy,
    string? Reference,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for the PaymentIntent, and for the body of those that are open: of these there is a bound. Null for all.</param>
public sealed record RefusedOrderFilter(string? Status = null, string? Like = null);

public static class RefusedOrderList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "r.created_at", "timestamptz")];

    private const string Matching = """
        from refused_orders r
        left join order_intakes i on i.id = r.intake_id
        where (@Status::text is null or r.status = @Status)
          and (@Like::text is null or r.stripe_payment_intent_id ilike @Like or r.status = 'open' and r.body ilike @Like)
        """;

    public static Task<Slice<RefusedOrderRow>> Read(NpgsqlConnection db, RefusedOrderFilter filter, SliceRequest slice) =>
        slice.Read<RefusedOrderRow>(
            db,
            "r.id",
            $$"""
            select r.id, r.stripe_payment_intent_id as payment_intent_id, r.status, r.faults::text as faults, r.times, r.received_by,
                   i.reference, r.note, r.created_at, r.updated_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, RefusedOrderFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
