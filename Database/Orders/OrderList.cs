using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>An order in the list, from its intake on.</summary>
/// <param name="Id">Of the intake.</param>
/// <param name="Status">Of the intake: received, processing, completed, needs_review or rejected.</param>
/// <param name="ReasonCode">Why it waits, needs review or was rejected; null while nothing is in the way.</param>
/// <param name="OrderState">Null until the order exists, as are Total and Currency.</param>
/// <param name="Ordered">What the items come to, major units; null where the intake has none.</param>
/// <param name="CustomerId">Null until the customer is known.</param>
public sealed record OrderRow(
    long Id,
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string PaymentIntentId,
    string? OrderState,
    decimal? Total,
    string? Currency,
    decimal? Ordered,
    string? OrderedCurrency,
    long? CustomerId,
    string? Domain,
    string? CustomerEmail,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for e-mail address and domain, lower case; null for all, as are the others.</param>
/// <param name="Start">A second one that will do.</param>
/// <param name="Number">Id of the one intake whose reference was asked for.</param>
/// <param name="PaymentIntent">A whole PaymentIntent id.</param>
/// <param name="From">Created then or later.</param>
/// <param name="Before">Created before then.</param>
public sealed record OrderFilter(
    string? Status = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Before = null,
    string? Like = null,
    string? Start = null,
    long? Number = null,
    string? PaymentIntent = null
);

public static class OrderList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "i.created_at", "timestamptz")];

    private const string Matching = """
        from order_intakes i
        left join orders o on o.intake_id = i.id
        where (@Status::text is null or i.status = @Status)
          and (@From::timestamptz is null or i.created_at >= @From)
          and (@Before::timestamptz is null or i.created_at < @Before)
          and (@Like::text is null
            or i.search_text like @Like
            or (@Start::text is not null and i.search_text like @Start)
            or i.id = @Number
            or i.stripe_payment_intent_id = @PaymentIntent)
        """;

    public static Task<Slice<OrderRow>> Read(NpgsqlConnection db, OrderFilter filter, SliceRequest slice) =>
        slice.Read<OrderRow>(
            db,
            "i.id",
            $$"""
            select i.id, i.reference, i.status, i.reason_code, i.reason, i.stripe_payment_intent_id as payment_intent_id,
                   o.status as order_state, o.total, o.currency,
                   (select sum((item ->> 'qty')::numeric * (item ->> 'unitPrice')::numeric)
                    from jsonb_array_elements(i.body -> 'items') item) as ordered,
                   i.body ->> 'currency' as ordered_currency, i.customer_id, i.body ->> 'primaryDomain' as domain,
                   i.body ->> 'customerEmail' as customer_email, i.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    /// <param name="slice">What was read: a first slice behind which there is nothing counts itself.</param>
    public static async Task<ListTotal> Count(NpgsqlConnection db, OrderFilter filter, Slice<OrderRow> slice) =>
        slice is { Previous: null, Next: null } && slice.Rows.Count > 0
            ? new ListTotal(slice.Rows.Count, Exact: true)
            : await ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
