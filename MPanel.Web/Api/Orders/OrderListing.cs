using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Database.Search;
using MPanel.Web.Lists;

namespace MPanel.Web.Api.Orders;

/// <summary>The list of orders, for its page and the API alike.</summary>
public static class OrderListing
{
    public static readonly ListDefinition List = new(
        "-created",
        "Reference, e-mail, domain or payment",
        OrderList.Sorts,
        [
            ListFilter.OneOf("status", "Status", "received", "processing", "needs_review", "completed", "rejected"),
            ListFilter.Day("from", "From"),
            ListFilter.Day("to", "To"),
        ]
    );

    /// <param name="zone">In which the days begin and end.</param>
    public static OrderFilter Filter(ListQuery query, TimeZoneInfo zone)
    {
        var term = SearchTerm.Read(query.Q);
        return new OrderFilter(
            query.Text("status"),
            Beginning(query.Day("from"), zone),
            Beginning(query.Day("to"), zone, daysLater: 1),
            // A single letter is no search term: as the beginning of an address it still finds something.
            term?.Like
                ?? query.Like?[1..].ToLowerInvariant(),
            term?.Start,
            (term ?? (query.Q is null ? null : new SearchTerm(query.Q)))?.Number("ORD-") - 1000,
            query.Q
        );
    }

    public static async Task<Results<Ok<Page<AdminOrderRow>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database)
    {
        var query = ListQuery.Read(List, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        var filter = Filter(query, TimeZoneInfo.Utc);
        await using var db = await database.Open(context.RequestAborted);
        var slice = await OrderList.Read(db, filter, query.Slice);
        return TypedResults.Ok(query.Page(slice, await OrderList.Count(db, filter, slice), AdminOrderRow.Of));
    }

    /// <summary>Null for no day, and for days before or after anything can have happened.</summary>
    private static DateTimeOffset? Beginning(DateOnly? day, TimeZoneInfo zone, int daysLater = 0)
    {
        if (day is not { Year: > 1900 and < 9000 } known)
            return null;
        var midnight = known.AddDays(daysLater).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }
}
