using System.Globalization;
using MPanel.Database.Lists;

namespace MPanel.Web.Platform.Lists;

/// <summary>What the shared parts of a list page (toolbar, column heads, pager, empty state) need to know of the list, without its rows.</summary>
/// <param name="Path">The page's own path.</param>
/// <param name="What">Plural noun in -s, such as <c>customers</c>.</param>
/// <param name="Previous">Cursor, or null.</param>
/// <param name="Next">Cursor, or null.</param>
public sealed record ListView(ListQuery Query, string Path, string What, ListTotal Total, int Shown, string? Previous, string? Next)
{
    public static ListView Of<T>(ListQuery query, string path, string what, ListTotal total, Slice<T> slice) =>
        new(query, path, what, total, slice.Rows.Count, Cursor(slice.Previous, query), Cursor(slice.Next, query));

    public string Link(params (string Name, string? Value)[] changes) => Query.Link(Path, changes);

    public string CountText =>
        !Total.Exact ? string.Create(CultureInfo.InvariantCulture, $"more than {Total.Count:N0} {What}")
        : Total.Count == 1 ? $"1 {One}"
        : string.Create(CultureInfo.InvariantCulture, $"{Total.Count:N0} {What}");

    private string One => What.EndsWith("ies", StringComparison.Ordinal) ? $"{What[..^3]}y" : What[..^1];

    private static string? Cursor(SliceEdge? edge, ListQuery query) => edge is null ? null : ListCursor.Write(edge, query.SortText);
}
