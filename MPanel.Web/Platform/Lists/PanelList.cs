using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Web.Platform.Lists;

/// <summary>A list, declared once: its page (<see cref="ListPage{TRow,TFilter}"/>), its API route and its CSV file are made of this.</summary>
/// <param name="What">Plural noun in -s, such as <c>customers</c>.</param>
/// <param name="Definition">What its query string may say.</param>
/// <param name="Filter">The query as the statements want it. The context tells whose days it means.</param>
/// <param name="Read">One slice of it.</param>
/// <param name="Count">All of it. Given the slice that was read, from which a short list is counted.</param>
/// <param name="Columns">Of the CSV file.</param>
public sealed record PanelList<TRow, TFilter>(
    string What,
    ListDefinition Definition,
    Func<ListQuery, HttpContext, TFilter> Filter,
    Func<NpgsqlConnection, TFilter, SliceRequest, Task<Slice<TRow>>> Read,
    Func<NpgsqlConnection, TFilter, Slice<TRow>, Task<ListTotal>> Count,
    params IReadOnlyList<ListColumn<TRow>> Columns
)
{
    /// <summary>The CSV file's name, without its ending.</summary>
    public string File { get; init; } = What.Replace(' ', '-');
}

/// <summary>A column of a list's CSV file.</summary>
/// <param name="Permission">Who lacks it gets a file without the column; null for everybody.</param>
public sealed record ListColumn<TRow>(string Head, Func<TRow, HttpContext, object?> Value, string? Permission = null)
{
    public ListColumn(string head, Func<TRow, object?> value, string? permission = null)
        : this(head, (row, _) => value(row), permission) { }
}
