using System.Globalization;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Servers;

/// <summary>What servers measured over time. <c>?server=</c> an id, <c>?range=</c> 1h, 24h, 7d or 90d.</summary>
public sealed class MetricsModel(ListDatabase database, IOptions<ProvisioningOptions> options, TimeProvider time) : PanelPage
{
    public IReadOnlyList<Server> Servers { get; private set; } = [];

    /// <summary>The one shown; null when there is none at all.</summary>
    public Server? Chosen { get; private set; }
    public MetricsRange Range { get; private set; } = MetricsRange.All[1];
    public MetricsView? Metrics { get; private set; }

    /// <summary>The address named a server or range that there isn't.</summary>
    public bool AskedForNone { get; private set; }

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Servers = [.. await ServerList.All(db, options.Value.OfflineAfter)];
        Choose(Request.Query["server"], Request.Query["range"]);
        if (Chosen is not null)
            Metrics = await MetricsView.Read(db, Chosen.Id, Range, time.GetUtcNow(), User.TimeZone());
    }

    private void Choose(string? server, string? range)
    {
        var asked = long.TryParse(server, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? Servers.FirstOrDefault(s => s.Id == id)
            : null;
        var stretch = MetricsRange.All.FirstOrDefault(r => r.Code == range);
        AskedForNone = (!string.IsNullOrEmpty(server) && asked is null) || (!string.IsNullOrEmpty(range) && stretch is null);
        Chosen = asked ?? Servers.OrderByDescending(s => s.Online).ThenByDescending(s => s.HeardAt is not null).FirstOrDefault();
        Range = stretch ?? Range;
    }
}
