using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Disputes;

/// <param name="Status">One of <see cref="DisputeState"/>.</param>
/// <param name="StripeStatus">Stripe's own word for it.</param>
/// <param name="Booked">Where the money is: one of <see cref="DisputeBooking"/>.</param>
/// <param name="BookedAmount">How much of the payment that is.</param>
/// <param name="Fee">Taken by Stripe for it; null while unknown.</param>
/// <param name="DueAt">Until when evidence counts; null where Stripe names no day.</param>
public sealed record DisputeRow(
    long Id,
    string StripeId,
    decimal Amount,
    string Currency,
    string Status,
    string StripeStatus,
    string Reason,
    string Booked,
    decimal BookedAmount,
    decimal? Fee,
    string? FeeCurrency,
    DateTimeOffset? DueAt,
    DateTimeOffset OpenedAt,
    long PaymentId,
    bool Livemode,
    string? OrderReference,
    long? CustomerId,
    string? Customer,
    string SortKey
) : IListRow;

/// <param name="Q">Stripe's id of the dispute, a PaymentIntent, an order, or a customer's e-mail address; null for all.</param>
/// <param name="Invoice">Whose payment is disputed; null for all.</param>
/// <param name="Order">Reference; null for all.</param>
public sealed record DisputeFilter(
    string? Q = null,
    string? Status = null,
    long? Payment = null,
    long? Customer = null,
    long? Invoice = null,
    string? Order = null
);

public static class DisputeList
{
    /// <summary>Of a payment, an invoice, an order or a customer: so many and no more.</summary>
    private const int Shown = 20;

    public static readonly IReadOnlyList<SortColumn> Sorts = [new("opened", "d.opened_at", "timestamptz")];

    private const string Tables = """
        from disputes d
        join payments p on p.id = d.payment_id
        left join order_intakes i on i.id = p.intake_id
        left join customers c on c.id = coalesce(p.customer_id, i.customer_id)
        """;

    private const string Matching = """
        where (@Q::text is null or d.stripe_dispute_id = @Q or p.stripe_payment_intent_id = @Q or i.reference = upper(@Q)
               or c.normalized_email = lower(@Q))
          and (@Status::text is null or d.status = @Status)
          and (@Payment::bigint is null or d.payment_id = @Payment)
          and (@Customer::bigint is null or c.id = @Customer)
          and (@Invoice::bigint is null or p.id = (select v.payment_id from invoices v where v.id = @Invoice))
          and (@Order::text is null or i.reference = @Order)
        """;

    public static Task<Slice<DisputeRow>> Read(NpgsqlConnection db, DisputeFilter filter, SliceRequest slice) =>
        slice.Read<DisputeRow>(
            db,
            "d.id",
            $$"""
            select d.id, d.stripe_dispute_id as stripe_id, d.amount, d.currency, d.status, d.stripe_status, d.reason, d.booked, d.booked_amount,
                   d.fee, d.fee_currency, d.evidence_due_at as due_at, d.opened_at, d.payment_id, p.livemode, i.reference as order_reference,
                   c.id as customer_id, c.name as customer, ({sort})::text as sort_key
            {{Tables}}
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, DisputeFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Tables} {Matching} limit @bound) counted", filter);

    /// <summary>The newest few.</summary>
    public static async Task<IReadOnlyList<DisputeRow>> Of(NpgsqlConnection db, DisputeFilter filter) =>
        (await Read(db, filter, new SliceRequest(Sorts[0], Descending: true, Edge: null, Shown))).Rows;
}
