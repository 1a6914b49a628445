namespace MPanel.Web.Api;

/// <summary>One page of a list.</summary>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Pass as <c>cursor</c> for the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total, string? Next);

/// <summary>Keyset paging by descending id: rows that come or go between two requests neither repeat nor hide others.</summary>
/// <param name="Before">Id that the page ends before; null for the first page.</param>
public sealed record Paging(int Size, long? Before)
{
    private const int Most = 200;

    /// <returns>The paging asked for, or what is wrong with it.</returns>
    public static (Paging? Paging, FieldError? Error) Read(int? pageSize, string? cursor)
    {
        if (pageSize is < 1 or > Most)
            return (null, new FieldError("pageSize", "invalid_page_size", $"Must be 1 to {Most}."));
        if (string.IsNullOrEmpty(cursor))
            return (new Paging(pageSize ?? 50, null), null);
        return long.TryParse(cursor, System.Globalization.NumberStyles.None, null, out var before)
            ? (new Paging(pageSize ?? 50, before), null)
            : (null, new FieldError("cursor", "invalid_cursor", "Must be the next value of a page."));
    }

    /// <summary>Asked for one row more than the page holds: it says whether there is a next page.</summary>
    public Page<TOut> Of<TRow, TOut>(IReadOnlyList<TRow> rows, long total, Func<TRow, long> id, Func<TRow, TOut> show) =>
        new([.. rows.Take(Size).Select(show)], total, rows.Count > Size ? $"{id(rows[Size - 1])}" : null);
}
