using Microsoft.Extensions.Options;
using MPanel.Database.Attention;
using MPanel.Database.Dashboard;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Api.Dashboard;

/// <summary>What a glance shows: read together, a few milliseconds.</summary>
/// <param name="Attention">The latest few of each kind: which of them somebody sees, their permissions say.</param>
public sealed record DashboardFigures(
    IReadOnlyList<CurrencyRevenue> Revenue,
    IReadOnlyList<RevenueDay> Days,
    ListTotal OpenInvoices,
    IReadOnlyList<RecentInvoice> RecentInvoices,
    IReadOnlyList<RecentOrder> RecentOrders,
    IReadOnlyList<AttentionRow> Attention,
    Few<WaitingTask> WaitingTasks,
    IReadOnlyList<NodeHealth> Nodes,
    QueueState Jobs
);

/// <summary>The dashboard's figures, kept for moments: any number of open dashboards costs the database the same.</summary>
public sealed partial class DashboardCache
{
    public const int LongestChart = 90;

    /// <summary>Rows of each short list.</summary>
    public const int Few = 5;
    private const int Nodes = 50;

    private readonly Kept<DashboardFigures> _figures;
    private readonly Kept<ActiveServices> _services;
    private readonly ILogger<DashboardCache> _log;

    public DashboardCache(
        ListDatabase database,
        TimeProvider clock,
        IOptions<OrderOptions> orders,
        IOptions<ProvisioningOptions> provisioning,
        ILogger<DashboardCache> log
    )
    {
        _log = log;
        Currency = orders.Value.Currency;
        var offlineAfter = provisioning.Value.OfflineAfter;
        _figures = new(clock, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1), () => Read(database, offlineAfter), LogFailure);
        _services = new(clock, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), () => ReadServices(database), LogFailure);
    }

    /// <summary>The panel's main one.</summary>
    public string Currency { get; }

    public Task<AsOf<DashboardFigures>> Figures() => _figures.Get();

    /// <summary>Apart, and for longer: they walk all active subscriptions.</summary>
    public Task<AsOf<ActiveServices>> Services() => _services.Get();

    private static async Task<ActiveServices> ReadServices(ListDatabase database)
    {
        await using var db = await database.Open(CancellationToken.None);
        return await ActiveServices.Of(db);
    }

    private async Task<DashboardFigures> Read(ListDatabase database, TimeSpan offlineAfter)
    {
        await using var db = await database.Open(CancellationToken.None);
        return new DashboardFigures(
            [.. await Revenue.ByCurrency(db)],
            await Revenue.Days(db, Currency, LongestChart),
            await Latest.OpenInvoices(db),
            await Latest.Invoices(db, Few),
            await Latest.Orders(db, Few + 3),
            await NeedingAttention(db, offlineAfter),
            await WaitingTask.Longest(db, Few),
            await NodeHealth.All(db, offlineAfter, Nodes),
            await QueueCounts.Run(db, CancellationToken.None)
        );
    }

    private static async Task<IReadOnlyList<AttentionRow>> NeedingAttention(NpgsqlConnection db, TimeSpan offlineAfter)
    {
        var rows = new List<AttentionRow>();
        foreach (var kind in AttentionKind.All)
        {
            var latest = new SliceRequest(AttentionList.Sorts[0], Descending: true, Edge: null, Few);
            rows.AddRange((await AttentionList.Read(db, new AttentionFilter([kind], offlineAfter), latest)).Rows);
        }
        return rows;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dashboard's figures could not be read")]
    private partial void LogFailure(Exception exception);
}
