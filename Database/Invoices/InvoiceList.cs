using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <param name="Number">Such as <c>INV-2026-000001</c>; null of a draft.</param>
/// <param name="Customer">The buyer's name, as frozen at issue.</param>
/// <param name="Total">Major units.</param>
/// <param name="Due">What is still to be paid and expected, major units.</param>
/// <param name="DueOn">Null of a draft.</param>
/// <param name="IssuedAt">Null of a draft.</param>
/// <param name="PaymentIntent">Null where no payment at Stripe paid it.</param>
/// <param name="Livemode">Of that payment.</param>
public sealed record InvoiceRow(
    long Id,
    string? Number,
    long CustomerId,
    string Customer,
    string Status,
    string Currency,
    decimal Total,
    decimal Due,
    DateOnly? DueOn,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? PaidAt,
    string? PaymentIntent,
    bool? Livemode,
    string SortKey
) : IListRow
{
    /// <summary>As people name it.</summary>
    public string Name => Number ?? $"Draft {Id}";
}

/// <param name="Q">An invoice number, its last part only, or a customer's e-mail address; null for all.</param>
/// <param name="Number"><paramref name="Q"/> as the last part of an invoice number; null when it is none.</param>
/// <param name="From">Issued then or later.</param>
/// <param name="Before">Issued before then.</param>
/// <param name="DueBefore">Open, and due before the day that begins then.</param>
public sealed record InvoiceFilter(string? Q, int? Number, string? Status, long? Customer, DateTimeOffset? From, DateTimeOffset? Before)
{
    public DateTimeOffset? DueBefore { get; init; }
}

/// <param name="Amount">Major units.</param>
public sealed record InvoiceSum(string Currency, decimal Amount, long Count);

public static class InvoiceList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        // A draft stands where it was begun.
        new("issued", "coalesce(i.issued_at, i.created_at)", "timestamptz"),
        new("number", "coalesce(i.invoice_number, '')", "text"),
        new("amount", "i.total", "numeric"),
    ];

    // What is searched for is found first, by one index each: a condition over all of it would walk every invoice.
    private const string Matching = """
        where (@Q::text is null or i.id = any (array(
                select f.id from invoices f where f.invoice_number = upper(@Q)
                union
                select f.id from invoice_series s join invoices f on f.series = s.series and f.number = @Number::integer
                union
                select f.id from customers c join invoices f on f.customer_id = c.id where c.normalized_email = lower(@Q))))
          and (@Status::text is null or i.status = @Status)
          and (@Customer::bigint is null or i.customer_id = @Customer)
          and (@From::timestamptz is null or coalesce(i.issued_at, i.created_at) >= @From)
          and (@Before::timestamptz is null or coalesce(i.issued_at, i.created_at) < @Before)
          and (@DueBefore::timestamptz is null or (i.status = 'open' and i.due_on < (@DueBefore at time zone 'UTC')::date))
        """;

    public static Task<Slice<InvoiceRow>> Read(NpgsqlConnection db, InvoiceFilter filter, SliceRequest slice) =>
        slice.Read<InvoiceRow>(
            db,
            "i.id",
            $$"""
            select i.id, i.invoice_number as number, i.customer_id, i.buyer_name as customer, i.status, i.currency, i.total,
                   case when i.status = 'open' then i.total - i.settled - i.credited else 0 end as due, i.due_on, i.issued_at, i.paid_at,
                   p.stripe_payment_intent_id as payment_intent, p.livemode, ({sort})::text as sort_key
            from invoices i
            left join payments p on p.id = i.payment_id
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, InvoiceFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from invoices i {Matching} limit @bound) counted", filter);

    /// <summary>Sums of the whole list by currency, without drafts; to be asked for only where its count is exact: nobody adds up a million rows for a page.</summary>
    public static async Task<IReadOnlyList<InvoiceSum>> Sums(NpgsqlConnection db, InvoiceFilter filter) =>
        (
            await db.QueryAsync<InvoiceSum>(
                $"""
                select i.currency, sum(i.total) as amount, count(*) as count from invoices i {Matching} and i.number is not null
                group by i.currency order by i.currency
                """,
                filter
            )
        ).AsList();
}
