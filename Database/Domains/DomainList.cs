using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Domains;

/// <param name="Name">ASCII.</param>
/// <param name="Status"><c>unmanaged</c> or <c>managed</c>.</param>
/// <param name="WebsiteId">Of the live website on it; null where there is none.</param>
/// <param name="WebsiteStatus">Null where there is none.</param>
public sealed record DomainRow(
    long Id,
    string Name,
    string Status,
    long CustomerId,
    string Customer,
    long? WebsiteId,
    string? WebsiteStatus,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for the name; null for all.</param>
/// <param name="Website"><c>yes</c> for those with a live website, <c>no</c> for those without; null for all.</param>
public sealed record DomainFilter(string? Like, string? Status, string? Website, long? Customer);

public static class DomainList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("name", "d.name", "text"), new("created", "d.created_at", "timestamptz")];

    private const string Matching = """
        from domains d
        join customers c on c.id = d.customer_id
        left join hostnames h on h.name = d.name
        left join websites w on w.id = h.website_id
        where (@Like::text is null or d.name ilike @Like)
          and (@Status::text is null or d.status = @Status)
          and case @Website::text when 'yes' then w.id is not null when 'no' then w.id is null else true end
          and (@Customer::bigint is null or d.customer_id = @Customer)
        """;

    public static Task<Slice<DomainRow>> Read(NpgsqlConnection db, DomainFilter filter, SliceRequest slice) =>
        slice.Read<DomainRow>(
            db,
            "d.id",
            $$"""
            select d.id, d.name, d.status, d.customer_id, c.name as customer, w.id as website_id, w.status as website_status, d.created_at,
                   ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    /// <summary>Without what only a row shows: joining that for ten thousand rows took longer than the page.</summary>
    public static Task<ListTotal> Count(NpgsqlConnection db, DomainFilter filter) =>
        ListTotal.Of(db, filter.Website is null ? CountOfDomains : CountByWebsite, filter);

    private const string CountOfDomains = """
        select count(*) from (
            select 1 from domains d
            where (@Like::text is null or d.name ilike @Like)
              and (@Status::text is null or d.status = @Status)
              and (@Customer::bigint is null or d.customer_id = @Customer)
            order by d.id
            limit @bound
        ) counted
        """;

    private const string CountByWebsite = """
        select count(*) from (
            select 1 from domains d
            left join hostnames h on h.name = d.name
            where (@Like::text is null or d.name ilike @Like)
              and (@Status::text is null or d.status = @Status)
              and (@Website = 'yes') = (h.name is not null)
              and (@Customer::bigint is null or d.customer_id = @Customer)
            order by d.name
            limit @bound
        ) counted
        """;
}
