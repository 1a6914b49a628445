using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Refunds;

/// <param name="Status">One of <see cref="RefundState"/>.</param>
/// <param name="StripeId">Null until Stripe took it.</param>
/// <param name="Failure">What Stripe says of one that failed; null for others.</param>
/// <param name="Actor">Who asked; stripe for one that was made there.</param>
/// <param name="CreditNote">Null where there is none.</param>
/// <param name="InvoiceId">Of the credit note, or else the newest that the payment paid; null for none.</param>
public sealed record RefundRow(
    long Id,
    decimal Amount,
    string Currency,
    string Status,
    string Reason,
    string? Failure,
    string Actor,
    string? StripeId,
    long PaymentId,
    long? InvoiceId,
    string? Invoice,
    string? CreditNote,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Q">Stripe's id of the refund, or a PaymentIntent; null for all.</param>
/// <param name="From">Asked for then or later.</param>
/// <param name="Before">Asked for before then.</param>
public sealed record RefundFilter(string? Q, string? Status, long? Payment, DateTimeOffset? From, DateTimeOffset? Before);

public static class RefundList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "r.created_at", "timestamptz")];

    private const string Matching = """
        where (@Q::text is null or r.id = any (array(
                select f.id from refunds f where f.stripe_refund_id = @Q
                union
                select f.id from payments p join refunds f on f.payment_id = p.id where p.stripe_payment_intent_id = @Q)))
          and (@Status::text is null or r.status = @Status)
          and (@Payment::bigint is null or r.payment_id = @Payment)
          and (@From::timestamptz is null or r.created_at >= @From)
          and (@Before::timestamptz is null or r.created_at < @Before)
        """;

    public static Task<Slice<RefundRow>> Read(NpgsqlConnection db, RefundFilter filter, SliceRequest slice) =>
        slice.Read<RefundRow>(
            db,
            "r.id",
            $$"""
            select r.id, r.amount, r.currency, r.status, r.reason, r.failure, r.actor, r.stripe_refund_id as stripe_id, r.payment_id,
                   v.id as invoice_id, v.invoice_number as invoice, n.credit_note_number as credit_note, r.created_at,
                   ({sort})::text as sort_key
            from refunds r
            left join lateral (select * from credit_notes where refund_id = r.id order by id desc limit 1) n on true
            left join lateral (
                select id, invoice_number from invoices
                where case when n.invoice_id is null then payment_id = r.payment_id else id = n.invoice_id end order by id desc limit 1
            ) v on true
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, RefundFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from refunds r {Matching} limit @bound) counted", filter);
}
