using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Products;

/// <param name="Provisions"><c>hosting</c>, <c>backup</c>, <c>mail</c>, <c>ssl</c> or <c>none</c>.</param>
/// <param name="Subscriptions">Pending, active, past due and suspended ones, counted to <see cref="ListTotal.Most"/>.</param>
public sealed record ProductRow(
    long Id,
    string Code,
    string Name,
    string Provisions,
    bool Active,
    long Subscriptions,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow
{
    public IReadOnlyList<ProductPrice> Prices { get; init; } = [];
}

/// <param name="BillingPeriod"><c>month</c>, <c>year</c> or <c>one_time</c>.</param>
/// <param name="Amount">Major units.</param>
/// <param name="Active">Whether it is sold at this price.</param>
public sealed record ProductPrice(string BillingPeriod, string Currency, decimal Amount, bool Active);

/// <param name="Like">Pattern for code and name; null for all.</param>
public sealed record ProductFilter(string? Like, bool? Active, string? Provisions);

public static class ProductList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("code", "p.code", "text"),
        new("name", "p.name", "text"),
        new("created", "p.created_at", "timestamptz"),
    ];

    private const string Matching = """
        from products p
        where (@Like::text is null or p.code ilike @Like or p.name ilike @Like)
          and (@Active::boolean is null or p.active = @Active)
          and (@Provisions::text is null or p.provisions = @Provisions)
        """;

    public static async Task<Slice<ProductRow>> Read(NpgsqlConnection db, ProductFilter filter, SliceRequest request)
    {
        var slice = await request.Read<ProductRow>(
            db,
            "p.id",
            $$"""
            select p.id, p.code, p.name, p.provisions, p.active,
                   (select count(*) from (
                        select 1 from subscriptions s where s.product_id = p.id and s.status <> 'cancelled' limit {{ListTotal.Most}}
                    ) counted) as subscriptions,
                   p.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );
        var prices = await ProductFacts.Prices(db, [.. slice.Rows.Select(p => p.Id)]);
        return slice with { Rows = [.. slice.Rows.Select(p => p with { Prices = [.. prices[p.Id]] })] };
    }

    public static Task<ListTotal> Count(NpgsqlConnection db, ProductFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
