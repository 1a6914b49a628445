using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Web.Api.Orders;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Orders;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<OrderRow> Rows { get; private set; } = [];

    /// <summary>What the orders on this page come to, by currency.</summary>
    public IEnumerable<(string Currency, decimal Sum)> Totals =>
        Rows.Where(r => r.Total is not null).GroupBy(r => r.Currency!).Select(g => (g.Key, g.Sum(r => r.Total!.Value)));

    public async Task OnGetAsync()
    {
        var query = ReadList(OrderListing.List);
        var filter = OrderListing.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await OrderList.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "orders", await OrderList.Count(db, filter, slice), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(OrderListing.List);
        var filter = OrderListing.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "orders",
            query,
            slice => OrderList.Read(db, filter, slice),
            ("Reference", o => o.Reference),
            ("E-mail", o => o.CustomerEmail),
            ("Domain", o => o.Domain),
            ("Intake", o => o.Status),
            ("Order", o => o.OrderState),
            ("Ordered", o => o.Ordered),
            ("Paid", o => o.Total),
            ("Currency", o => o.Currency ?? o.OrderedCurrency),
            ("Reason", o => o.ReasonCode),
            ("Explanation", o => o.Reason),
            ("PaymentIntent", o => o.PaymentIntentId),
            ("Created", o => o.CreatedAt)
        );
        return new EmptyResult();
    }
}
