using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Web.Api.Orders;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Orders.Refused;

public sealed class IndexModel(ListDatabase database) : ListPage<RefusedOrderRow, RefusedOrderFilter>(RefusedOrderRoutes.List, database)
{
    public static string Words(string status) =>
        status switch
        {
            RefusedOrderState.Open => "paid but refused",
            RefusedOrderState.Received => "became an order",
            _ => "closed",
        };

    public static string Colour(string status) => status == RefusedOrderState.Open ? TraceState.Failed : status;
}
