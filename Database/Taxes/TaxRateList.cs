using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Taxes;

/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Category">One of <see cref="TaxCategory.OfRates"/>.</param>
/// <param name="Until">Its last day; null while none is known.</param>
public sealed record TaxRateRow(long Id, string Country, string Category, decimal Percent, DateOnly From, DateOnly? Until, string SortKey)
    : IListRow;

public sealed record TaxRateFilter(string? Country);

public static class TaxRateList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("country", "t.country", "text"),
        new("from", "lower(t.valid)::timestamp at time zone 'UTC'", "timestamptz"),
    ];

    private const string Matching = "from tax_rates t where (@Country::text is null or t.country = @Country)";

    public static Task<Slice<TaxRateRow>> Read(NpgsqlConnection db, TaxRateFilter filter, SliceRequest slice) =>
        slice.Read<TaxRateRow>(
            db,
            "t.id",
            $$"""
            select t.id, t.country, t.category, t.percent, lower(t.valid) as "from", upper(t.valid) - 1 as until, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, TaxRateFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
