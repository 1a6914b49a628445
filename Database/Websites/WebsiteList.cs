using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="Server">Null while no server has room.</param>
/// <param name="Plan">Product code of the plan applied last, or to be applied first.</param>
public sealed record WebsiteRow(
    long Id,
    string Domain,
    string Status,
    string Plan,
    long CustomerId,
    string Customer,
    string? Server,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for the domain; null for all.</param>
/// <param name="Status">Null for every status but removed.</param>
public sealed record WebsiteFilter(string? Like, string? Status, string? Server, long? Customer);

public static class WebsiteList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("domain", "w.domain", "text"),
        new("created", "w.created_at", "timestamptz"),
    ];

    private const string Matching = """
        from websites w
        join customers c on c.id = w.customer_id
        left join servers s on s.id = w.server_id
        where (@Like::text is null or w.domain ilike @Like)
          and case when @Status::text is null then w.status <> 'removed' else w.status = @Status end
          and (@Server::text is null or s.name = @Server)
          and (@Customer::bigint is null or w.customer_id = @Customer)
        """;

    public static Task<Slice<WebsiteRow>> Read(NpgsqlConnection db, WebsiteFilter filter, SliceRequest slice) =>
        slice.Read<WebsiteRow>(
            db,
            "w.id",
            $$"""
            select w.id, w.domain, w.status, w.plan, w.customer_id, c.name as customer, s.name as server, w.created_at,
                   ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, WebsiteFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
