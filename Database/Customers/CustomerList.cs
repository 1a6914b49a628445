using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Paid">By currency; empty while nothing was paid.</param>
public sealed record CustomerRow(
    long Id,
    string Name,
    string Email,
    string? CompanyName,
    string? Country,
    long ActiveSubscriptions,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow
{
    public IReadOnlyList<CurrencyTotal> Paid { get; init; } = [];
}

/// <param name="Like">Pattern for name, e-mail address and company, with a blank before each; null for all.</param>
/// <param name="From">Created then or later.</param>
/// <param name="Before">Created before then.</param>
public sealed record CustomerFilter(string? Like, string? Country, DateTimeOffset? From, DateTimeOffset? Before);

public static class CustomerList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "c.created_at", "timestamptz"), new("name", "c.name", "text")];

    private const string Matching = """
        from customers c
        where (@Like::text is null or c.search_text like lower(@Like))
          and (@Country::text is null or c.country = @Country)
          and (@From::timestamptz is null or c.created_at >= @From)
          and (@Before::timestamptz is null or c.created_at < @Before)
        """;

    public static async Task<Slice<CustomerRow>> Read(NpgsqlConnection db, CustomerFilter filter, SliceRequest request)
    {
        var slice = await request.Read<CustomerRow>(
            db,
            "c.id",
            $$"""
            select c.id, c.name, c.email, c.company_name, c.country,
                   (select count(*) from subscriptions s where s.customer_id = c.id and s.status = 'active') as active_subscriptions,
                   c.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );
        var paid = await CustomerTotals.Paid(db, [.. slice.Rows.Select(c => c.Id)]);
        return slice with { Rows = [.. slice.Rows.Select(c => c with { Paid = [.. paid[c.Id]] })] };
    }

    public static Task<ListTotal> Count(NpgsqlConnection db, CustomerFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
