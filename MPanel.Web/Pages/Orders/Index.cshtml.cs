using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Jobs.Orders;
using MPanel.Web.Api.Orders;
using MPanel.Web.Platform.Lists;
using Npgsql;

namespace MPanel.Web.Pages.Orders;

public sealed class IndexModel(ListDatabase database, UnboundPayments unbound)
    : ListPage<OrderRow, OrderFilter>(OrderListing.List, database)
{
    /// <summary>Paid orders that were refused and wait for somebody.</summary>
    public long OpenRefusals { get; private set; }

    /// <summary>Those that were refused and not even kept, by sender.</summary>
    public IReadOnlyList<NotKeptOrders> NotKept { get; private set; } = [];

    /// <summary>What the orders on this page come to, by currency.</summary>
    public IEnumerable<(string Currency, decimal Sum)> Totals =>
        Rows.Where(r => r.Total is not null).GroupBy(r => r.Currency!).Select(g => (g.Key, g.Sum(r => r.Total!.Value)));

    /// <summary>Orders go on whose payment doesn't say what it was made for.</summary>
    public bool AcceptsUnbound { get; private set; }

    protected override async Task ReadMore(NpgsqlConnection db, OrderFilter filter, ListTotal total)
    {
        OpenRefusals = (await RefusedOrderList.Count(db, new RefusedOrderFilter(RefusedOrderState.Open))).Count;
        NotKept = await NotKeptOrders.Read(db);
        AcceptsUnbound = await unbound.MayPass();
    }
}
