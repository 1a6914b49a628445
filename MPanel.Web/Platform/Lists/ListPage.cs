using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Web.Pages;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Platform.Lists;

/// <summary>The page of a list: its rows, and all of them as a CSV file.</summary>
public abstract class ListPage<TRow, TFilter>(PanelList<TRow, TFilter> list, ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<TRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(list.Definition);
        var filter = Within(list.Filter(query, HttpContext));
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await list.Read(db, filter, query.Slice);
        var total = await list.Count(db, filter, slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, list.What, total, slice);
        await ReadMore(db, filter, total);
    }

    public Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(list.Definition);
        var filter = Within(list.Filter(query, HttpContext));
        return HttpContext
            .RequestServices.GetRequiredService<CsvExports>()
            .Send(
                HttpContext,
                list.File,
                query,
                (db, slice) => list.Read(db, filter, slice),
                [.. list.Columns.Where(column => column.Permission is null || User.HasPermission(column.Permission))]
            );
    }

    /// <summary>For a page that shows a part of the list only.</summary>
    protected virtual TFilter Within(TFilter filter) => filter;

    /// <summary>What the page shows besides the rows.</summary>
    protected virtual Task ReadMore(NpgsqlConnection db, TFilter filter, ListTotal total) => Task.CompletedTask;
}
