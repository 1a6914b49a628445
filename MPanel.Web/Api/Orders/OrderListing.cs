using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Database.Search;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <summary>The list of orders, for its page and the API alike.</summary>
public static class OrderListing
{
    public static readonly PanelList<OrderRow, OrderFilter> List = new(
        "orders",
        new ListDefinition(
            "-created",
            "Reference, e-mail, domain or payment",
            OrderList.Sorts,
            [ListFilter.OneOf("status", "Status", [.. IntakeState.All]), ListFilter.Day("from", "From"), ListFilter.Day("to", "To")]
        ),
        Filter,
        OrderList.Read,
        OrderList.Count,
        new("Reference", o => o.Reference),
        new("E-mail", o => o.CustomerEmail),
        new("Domain", o => o.Domain),
        new("Intake", o => o.Status),
        new("Order", o => o.OrderState),
        new("Ordered", o => o.Ordered),
        new("Paid", o => o.Total),
        new("Currency", o => o.Currency ?? o.OrderedCurrency),
        new("Reason", o => o.ReasonCode),
        new("Explanation", o => o.Reason),
        new("PaymentIntent", o => o.PaymentIntentId),
        new("Created", o => o.CreatedAt)
    );

    private static OrderFilter Filter(ListQuery query, HttpContext context)
    {
        var zone = context.User.TimeZone();
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

    public static Task<Results<Ok<Page<AdminOrderRow>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, AdminOrderRow.Of);

    /// <summary>Null for no day, and for days before or after anything can have happened.</summary>
    private static DateTimeOffset? Beginning(DateOnly? day, TimeZoneInfo zone, int daysLater = 0)
    {
        if (day is not { Year: > 1900 and < 9000 } known)
            return null;
        var midnight = known.AddDays(daysLater).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }
}
