using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Web.Api.Orders;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Orders;

public sealed class IndexModel(ListDatabase database) : ListPage<OrderRow, OrderFilter>(OrderListing.List, database)
{
    /// <summary>What the orders on this page come to, by currency.</summary>
    public IEnumerable<(string Currency, decimal Sum)> Totals =>
        Rows.Where(r => r.Total is not null).GroupBy(r => r.Currency!).Select(g => (g.Key, g.Sum(r => r.Total!.Value)));
}
