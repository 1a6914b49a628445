using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Web.Api;

namespace MPanel.Web.Platform.Lists;

public static class ListAnswers
{
    /// <summary>The API's answer for a list: one page of it, or 400 with everything that is wrong in the query.</summary>
    /// <param name="show">A row as the API shows it.</param>
    /// <param name="within">For a route that answers with a part of the list only.</param>
    public static async Task<Results<Ok<Page<TView>>, ProblemHttpResult>> Answer<TRow, TFilter, TView>(
        this PanelList<TRow, TFilter> list,
        HttpContext context,
        ListDatabase database,
        Func<TRow, TView> show,
        Func<TFilter, TFilter>? within = null
    )
    {
        var query = ListQuery.Read(list.Definition, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        var filter = list.Filter(query, context);
        if (within is not null)
            filter = within(filter);
        await using var db = await database.Open(context.RequestAborted);
        var slice = await list.Read(db, filter, query.Slice);
        return TypedResults.Ok(query.Page(slice, await list.Count(db, filter, slice), show));
    }

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
