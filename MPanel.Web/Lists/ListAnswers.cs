using MPanel.Database.Lists;
using MPanel.Web.Api;

namespace MPanel.Web.Lists;

public static class ListAnswers
{
    /// <summary>The API's form of a slice.</summary>
    public static Page<TOut> Page<TRow, TOut>(this ListQuery query, Slice<TRow> slice, ListTotal total, Func<TRow, TOut> show) =>
        new(
            [.. slice.Rows.Select(show)],
            total.Count,
            slice.Next is { } next ? ListCursor.Write(next, query.SortText) : null,
            slice.Previous is { } previous ? ListCursor.Write(previous, query.SortText) : null,
            total.Exact
        );
}
