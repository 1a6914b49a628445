using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Subscriptions;
using MPanel.Web.Api.Subscriptions;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Subscriptions;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<SubscriptionRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(SubscriptionRoutes.List);
        var filter = SubscriptionRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await SubscriptionList.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "subscriptions", await SubscriptionList.Count(db, filter), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(SubscriptionRoutes.List);
        var filter = SubscriptionRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "subscriptions",
            query,
            slice => SubscriptionList.Read(db, filter, slice),
            ("Id", s => s.Id),
            ("Plan", s => s.ProductCode),
            ("Customer", s => s.Customer),
            ("Domain", s => s.Domain),
            ("Status", s => s.Status),
            ("Quantity", s => s.Quantity),
            ("Unit price", s => s.UnitPrice),
            ("Currency", s => s.Currency),
            ("Period", s => s.BillingPeriod),
            ("Renews", s => s.CurrentPeriodEnd),
            ("Created", s => s.CreatedAt)
        );
        return new EmptyResult();
    }
}
