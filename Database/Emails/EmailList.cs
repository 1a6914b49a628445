using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Emails;

/// <param name="Subject">As it was sent; null until then.</param>
/// <param name="Reason">Of the last try, or why it was not sent; null where nothing went wrong.</param>
public sealed record EmailRow(
    long Id,
    string Template,
    string Recipient,
    long? CustomerId,
    string Status,
    int Tries,
    string? Subject,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string SortKey
) : IListRow;

/// <param name="Recipient">An address; null for all.</param>
/// <param name="From">Queued then or later.</param>
/// <param name="Before">Queued before then.</param>
public sealed record EmailFilter(
    string? Recipient,
    string? Status,
    string? Template,
    long? Customer,
    DateTimeOffset? From,
    DateTimeOffset? Before
);

public static class EmailList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "e.created_at", "timestamptz")];

    private const string Matching = """
        where (@Recipient::text is null or e.recipient = @Recipient or e.recipient = lower(@Recipient))
          and (@Status::text is null or e.status = @Status)
          and (@Template::text is null or e.template = @Template)
          and (@Customer::bigint is null or e.customer_id = @Customer)
          and (@From::timestamptz is null or e.created_at >= @From)
          and (@Before::timestamptz is null or e.created_at < @Before)
        """;

    public static Task<Slice<EmailRow>> Read(NpgsqlConnection db, EmailFilter filter, SliceRequest slice) =>
        slice.Read<EmailRow>(
            db,
            "e.id",
            $$"""
            select e.id, e.template, e.recipient, e.customer_id, e.status, e.tries, e.subject_line as subject, e.reason, e.created_at, e.sent_at,
                   ({sort})::text as sort_key
            from emails e
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, EmailFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 from emails e {Matching} limit @bound) counted", filter);
}
