using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;
using MPanel.Database.Lists;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Platform.Lists;

/// <summary>
/// A list's query string, read. What is wrong in it is left out and stands in <see cref="Errors"/>: the API refuses with them, a page goes
/// on without and says so.
/// </summary>
/// <param name="Q">Search text, trimmed; null when there is none.</param>
public sealed record ListQuery(
    ListDefinition Definition,
    string? Q,
    SortColumn Sort,
    bool Descending,
    SliceEdge? Edge,
    int PageSize,
    IReadOnlyDictionary<string, string> Filters,
    IReadOnlyList<FieldError> Errors
)
{
    private const int LongestText = 200;

    public SliceRequest Slice => new(Sort, Descending, Edge, PageSize);

    /// <summary>As in the query string: <c>created</c>, or <c>-created</c> for descending.</summary>
    public string SortText => Descending ? $"-{Sort.Key}" : Sort.Key;

    /// <summary>Nothing is searched or filtered for: an empty list then means that there is nothing at all.</summary>
    public bool Unfiltered => Q is null && Filters.Count == 0;

    /// <summary>What goes into <c>ilike</c>: <see cref="Q"/> anywhere, its own wildcards taken literally. Null when there is none.</summary>
    public string? Like =>
        Q is null
            ? null
            : $"%{Q.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    /// <summary>
    /// <see cref="Like"/>, but where <see cref="Q"/> is too short for a trigram index only what begins with it: else two letters that nobody
    /// has would be looked for in every row.
    /// </summary>
    /// <param name="before">What stands before a beginning: a blank before each of several words, nothing before a single one.</param>
    public string? LikeIndexed(string before = "") => Q is { Length: < 3 } ? $"{(before == "" ? "" : $"%{before}")}{Like![1..]}" : Like;

    public string? Text(string filter) => Filters.GetValueOrDefault(filter);

    public long? Number(string filter) =>
        Filters.TryGetValue(filter, out var text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    public DateOnly? Day(string filter) =>
        Filters.TryGetValue(filter, out var text) ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    public static ListQuery Read(ListDefinition definition, IQueryCollection query)
    {
        var errors = new List<FieldError>();
        var sortText = One("sort") ?? definition.DefaultSort;
        var sort = Column(definition, sortText);
        if (sort is null)
        {
            errors.Add(
                new(
                    "sort",
                    "invalid_sort",
                    $"Must be one of {string.Join(", ", definition.Sorts.Select(s => s.Key))}, with - before it for descending."
                )
            );
            sortText = definition.DefaultSort;
            sort = Column(definition, sortText)!;
        }
        SliceEdge? edge = null;
        if (One("cursor") is { } cursor && (edge = ListCursor.Read(cursor, sort, sortText)) is null)
            errors.Add(new("cursor", "invalid_cursor", "Must be the next or previous value of a page in the same order."));
        return new ListQuery(
            definition,
            Q(),
            sort,
            sortText.StartsWith('-'),
            edge,
            PageSize(),
            definition
                .Filters.Select(f => (f.Name, Value: Filter(f)))
                .Where(f => f.Value is not null)
                .ToDictionary(f => f.Name, f => f.Value!),
            errors
        );

        string? One(string name)
        {
            if (!query.TryGetValue(name, out var values) || StringValues.IsNullOrEmpty(values))
                return null;
            if (values.Count == 1)
                return values[0];
            errors.Add(new(name, "given_twice", "May be given once only."));
            return null;
        }

        string? Q()
        {
            if (One("q")?.Trim() is not { Length: > 0 } text)
                return null;
            if (definition.SearchHint is not null && IsText(text))
                return text;
            errors.Add(new("q", "invalid_search", definition.SearchHint is null ? "This list can't be searched." : TextRule));
            return null;
        }

        int PageSize()
        {
            if (One("pageSize") is not { } text)
                return ListDefinition.DefaultPageSize;
            if (IsNumber(text) && long.Parse(text, CultureInfo.InvariantCulture) is >= 1 and <= ListDefinition.LargestPage and var size)
                return (int)size;
            errors.Add(new("pageSize", "invalid_page_size", $"Must be 1 to {ListDefinition.LargestPage}."));
            return ListDefinition.DefaultPageSize;
        }

        string? Filter(ListFilter filter)
        {
            if (One(filter.Name)?.Trim() is not { Length: > 0 } text)
                return null;
            var wrong = filter.Kind switch
            {
                FilterKind.OneOf when !filter.Values.Contains(text) => $"Must be one of {string.Join(", ", filter.Values)}.",
                FilterKind.Text when !IsText(text) => TextRule,
                FilterKind.Number when !IsNumber(text) => "Must be a whole number.",
                FilterKind.Day when !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) =>
                    "Must be a day such as 2026-11-30.",
                _ => null,
            };
            if (wrong is null)
                return text;
            errors.Add(new(filter.Name, "invalid_filter", wrong));
            return null;
        }
    }

    /// <summary>The same list with some parameters changed; null takes one away. A link to another order or filter begins at the first page.</summary>
    public string Link(string path, params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>(Filters.Select(f => new KeyValuePair<string, string?>(f.Key, f.Value))) { ["q"] = Q };
        if (SortText != Definition.DefaultSort)
            values["sort"] = SortText;
        if (PageSize != ListDefinition.DefaultPageSize)
            values["pageSize"] = PageSize.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in changes)
            values[name] = value;
        var query = new QueryBuilder(values.Where(v => v.Value is not null).Select(v => new KeyValuePair<string, string>(v.Key, v.Value!)));
        return path + query.ToQueryString();
    }

    private const string TextRule = "Must be at most 200 visible characters.";

    private static bool IsText(string text) => text.Length <= LongestText && !text.Any(char.IsControl);

    /// <summary>.NET would also read a number with NULs behind it.</summary>
    private static bool IsNumber(string text) =>
        text.All(char.IsAsciiDigit) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static SortColumn? Column(ListDefinition definition, string sort) =>
        definition.Sorts.FirstOrDefault(s => s.Key == (sort.StartsWith('-') ? sort[1..] : sort));
}
