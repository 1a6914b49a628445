using MPanel.Database.Lists;

namespace MPanel.Web.Platform.Lists;

public enum FilterKind
{
    /// <summary>One of the values named.</summary>
    OneOf,

    /// <summary>Any text of at most 200 visible characters.</summary>
    Text,

    /// <summary>An id.</summary>
    Number,

    /// <summary>A day, <c>2026-11-30</c>.</summary>
    Day,
}

/// <param name="Name">Its name in the query string.</param>
/// <param name="Label">What the page calls it; null for a filter that links set and the page shows as a removable badge.</param>
public sealed record ListFilter(string Name, string? Label, FilterKind Kind, IReadOnlyList<string> Values)
{
    public static ListFilter OneOf(string name, string label, params string[] values) => new(name, label, FilterKind.OneOf, values);

    public static ListFilter Text(string name, string? label = null) => new(name, label, FilterKind.Text, []);

    public static ListFilter Number(string name, string? label = null) => new(name, label, FilterKind.Number, []);

    public static ListFilter Day(string name, string label) => new(name, label, FilterKind.Day, []);
}

/// <summary>What a list understands in its query string, on the page and in the API alike.</summary>
/// <param name="DefaultSort">Key of a sort column, with <c>-</c> before it for descending.</param>
/// <param name="SearchHint">What <c>q</c> looks into, such as "Name or e-mail address"; null when the list has no search.</param>
public sealed record ListDefinition(
    string DefaultSort,
    string? SearchHint,
    IReadOnlyList<SortColumn> Sorts,
    IReadOnlyList<ListFilter> Filters
)
{
    public const int DefaultPageSize = 50;
    public const int LargestPage = 200;
}
