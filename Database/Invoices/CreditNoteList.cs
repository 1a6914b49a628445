using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <param name="Number">Such as <c>CN-2026-000001</c>.</param>
/// <param name="Invoice">Number of the invoice that it corrects.</param>
/// <param name="Customer">The buyer's name, as the invoice froze it.</param>
/// <param name="Total">Major units, as net and tax, which it is the sum of.</param>
public sealed record CreditNoteRow(
    long Id,
    string Number,
    DateOnly IssuedOn,
    long InvoiceId,
    string Invoice,
    long CustomerId,
    string Customer,
    string Currency,
    decimal Net,
    decimal Tax,
    decimal Total,
    string Reason,
    string SortKey
) : IListRow;

/// <param name="Q">The number of a credit note or of its invoice, the last part of its own only, or a customer's e-mail address; null for all.</param>
/// <param name="Number"><paramref name="Q"/> as the last part of a number; null when it is none.</param>
/// <param name="From">Issued then or later.</param>
/// <param name="Before">Issued before then.</param>
public sealed record CreditNoteFilter(string? Q, int? Number, long? Customer, DateTimeOffset? From, DateTimeOffset? Before);

public static class CreditNoteList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("issued", "n.issued_at", "timestamptz"),
        new("number", "n.credit_note_number", "text"),
        new("amount", "n.total", "numeric"),
    ];

    // What is searched for is found first, by one index each: a condition over all of it would walk every credit note.
    private const string Matching = """
        where (@Q::text is null or n.id = any (array(
                select f.id from credit_notes f where f.credit_note_number = upper(@Q)
                union
                select f.id from invoice_series s join credit_notes f on f.series = s.series and f.number = @Number::integer
                union
                select f.id from invoices v join credit_notes f on f.invoice_id = v.id where v.invoice_number = upper(@Q)
                union
                select f.id from customers c join invoices v on v.customer_id = c.id join credit_notes f on f.invoice_id = v.id
                where c.normalized_email = lower(@Q))))
          and (@Customer::bigint is null or n.id = any (array(
                select f.id from invoices v join credit_notes f on f.invoice_id = v.id where v.customer_id = @Customer)))
          and (@From::timestamptz is null or n.issued_at >= @From)
          and (@Before::timestamptz is null or n.issued_at < @Before)
        """;

    public static Task<Slice<CreditNoteRow>> Read(NpgsqlConnection db, CreditNoteFilter filter, SliceRequest slice) =>
        slice.Read<CreditNoteRow>(
            db,
            "n.id",
            $$"""
            select n.id, n.credit_note_number as number, n.issued_on, n.invoice_id, i.invoice_number as invoice, i.customer_id,
                   i.buyer_name as customer, n.currency, n.net, n.tax, n.total, n.reason, ({sort})::text as sort_key
            from credit_notes n
            join invoices i on i.id = n.invoice_id
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, CreditNoteFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from credit_notes n {Matching} limit @bound) counted", filter);
}
