using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Payments;

/// <param name="Method">stripe, bank_transfer or other.</param>
/// <param name="Status">One of <see cref="PaymentState"/>.</param>
/// <param name="Amount">Major units, as all of these.</param>
/// <param name="Refunded">And what is on its way back.</param>
/// <param name="Disputed">What a bank holds or has taken back.</param>
/// <param name="ReceivedAt">By Stripe's clock; null while unknown.</param>
/// <param name="CardLast4">Null for no card, and while unknown, as the brand.</param>
/// <param name="OrderReference">Null for what paid no order.</param>
public sealed record PaymentRow(
    long Id,
    string Method,
    string Status,
    decimal Amount,
    string Currency,
    decimal Refunded,
    decimal Disputed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReceivedAt,
    string? CardBrand,
    string? CardLast4,
    string? PaymentIntent,
    bool Livemode,
    long? CustomerId,
    string? Customer,
    string? OrderReference,
    string SortKey
) : IListRow;

/// <param name="Q">A PaymentIntent, charge, order or customer's e-mail address; null for all.</param>
/// <param name="From">Made then or later.</param>
/// <param name="Before">Made before then.</param>
public sealed record PaymentFilter(string? Q, string? Status, long? Customer, DateTimeOffset? From, DateTimeOffset? Before);

public static class PaymentList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("created", "p.created_at", "timestamptz"),
        new("amount", "p.amount", "numeric"),
    ];

    // What is searched for is found first, by one index each.
    private const string Matching = """
        where (@Q::text is null or p.id = any (array(
                select f.id from payments f where f.stripe_payment_intent_id = @Q
                union
                select f.id from payments f where f.stripe_charge_id = @Q
                union
                select f.id from order_intakes i join payments f on f.intake_id = i.id where i.reference = upper(@Q)
                union
                select f.id from customers c join payments f on f.customer_id = c.id where c.normalized_email = lower(@Q))))
          and (@Status::text is null or p.status = @Status)
          and (@Customer::bigint is null or p.customer_id = @Customer)
          and (@From::timestamptz is null or p.created_at >= @From)
          and (@Before::timestamptz is null or p.created_at < @Before)
        """;

    private const string Selected = """
        select p.id, p.method, p.status, p.amount, p.currency, p.refunding + p.refunded as refunded, p.disputed, p.created_at, p.received_at,
               p.card_brand, p.card_last4, p.stripe_payment_intent_id as payment_intent, p.livemode, c.id as customer_id, c.name as customer,
               i.reference as order_reference
        """;

    private const string Tables = """
        from payments p
        left join order_intakes i on i.id = p.intake_id
        left join customers c on c.id = coalesce(p.customer_id, i.customer_id)
        """;

    public static Task<Slice<PaymentRow>> Read(NpgsqlConnection db, PaymentFilter filter, SliceRequest slice) =>
        slice.Read<PaymentRow>(
            db,
            "p.id",
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

    /// <summary>Null when there is none.</summary>
    public static Task<PaymentRow?> One(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<PaymentRow>($"{Selected}, '' as sort_key {Tables} where p.id = @id", new { id });

    public static Task<ListTotal> Count(NpgsqlConnection db, PaymentFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from payments p {Matching} limit @bound) counted", filter);
}
