using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Attention;
using MPanel.Database.Dashboard;
using MPanel.Web.Api.Attention;
using MPanel.Web.Api.Dashboard;
using MPanel.Web.Pages.Attention;
using MPanel.Web.Platform.TagHelpers;

namespace MPanel.Web.Pages.Dashboard;

public sealed class IndexModel(DashboardCache dashboard, AttentionReading attention) : PanelPage
{
    private static readonly int[] Lengths = [30, DashboardCache.LongestChart];

    public DashboardFigures Figures { get; private set; } = null!;
    public ActiveServices Services { get; private set; } = null!;

    /// <summary>When the oldest of the figures were read.</summary>
    public DateTimeOffset AsOf { get; private set; }

    public string Currency => dashboard.Currency;

    /// <summary>Days in the chart.</summary>
    public int Days { get; private set; } = Lengths[0];

    public IEnumerable<int> OtherLengths => Lengths.Where(l => l != Days);

    public IReadOnlyList<RevenueDay> ChartDays => [.. Figures.Days.TakeLast(Days)];

    public CurrencyRevenue Main => Figures.Revenue.FirstOrDefault(r => r.Currency == Currency) ?? new CurrencyRevenue(Currency, 0, 0);

    public IEnumerable<CurrencyRevenue> OtherRevenue => Figures.Revenue.Where(r => r.Currency != Currency);

    public decimal Monthly => Services.ByCurrency.FirstOrDefault(c => c.Currency == Currency)?.Monthly ?? 0;

    public IEnumerable<CurrencySubscriptions> OtherMonthly => Services.ByCurrency.Where(c => c.Currency != Currency);

    /// <summary>What charts.js draws. The serializer escapes what could end the element it stands in.</summary>
    public string ChartJson =>
        JsonSerializer.Serialize(
            new
            {
                type = "bar",
                labels = ChartDays.Select(d => d.Day.ToString("d MMM", System.Globalization.CultureInfo.InvariantCulture)),
                series = new[] { new { label = $"Revenue, {Currency}", values = ChartDays.Select(d => d.Amount) } },
            }
        );

    /// <summary>Only what has an agent can be online; the others are named, so that the count fits the rows below it.</summary>
    public string ServersOnline
    {
        get
        {
            var enrolled = Figures.Nodes.Count(n => n.HeardAt is not null);
            var without = Figures.Nodes.Count - enrolled;
            var online = $"{Figures.Nodes.Count(n => n.Online)} of {enrolled} enrolled {(enrolled == 1 ? "server" : "servers")} online";
            return without == 0 ? online : $"{online}, {without} without an agent";
        }
    }

    /// <summary>The viewer may see some of what needs attention.</summary>
    public bool SeesAttention => AttentionRules.Visible(User).Count > 0;

    /// <summary>The latest of what they may see.</summary>
    public IReadOnlyList<AttentionRow> Attention { get; private set; } = [];

    /// <summary>How much there is of it; empty while it can't be counted.</summary>
    public string OpenThings { get; private set; } = "";

    public Task OnGetAsync(string? days) => Read(days);

    /// <summary>The parts that keep themselves current.</summary>
    public async Task<IActionResult> OnGetCountersAsync()
    {
        await Read(days: null);
        return Partial("_Counters", this);
    }

    public async Task<IActionResult> OnGetLiveAsync()
    {
        await Read(days: null);
        return Partial("_Live", this);
    }

    private async Task Read(string? days)
    {
        Days = Lengths.FirstOrDefault(l => $"{l}" == days, Lengths[0]);
        var services = await dashboard.Services();
        var figures = await dashboard.Figures();
        (Services, Figures) = (services.Value, figures.Value);
        AsOf = figures.At < services.At ? figures.At : services.At;
        var visible = AttentionRules.Visible(User);
        Attention = [.. Figures.Attention.Where(r => visible.Contains(r.Kind)).OrderByDescending(r => r.Since).Take(DashboardCache.Few)];
        OpenThings = await attention.Counts() is { } counts ? AttentionTabs.Text(counts.Total(visible)) : "";
    }
}
