namespace MPanel.Web.Pages.Servers;

/// <summary>A stretch of time that the charts show, in points few enough to be drawn and read.</summary>
/// <param name="Code">Its name in <c>?range=</c>.</param>
/// <param name="Step">Length of a point.</param>
/// <param name="Hours">From the hours, which are kept for longer than minutes.</param>
/// <param name="Label">Format of a point's time.</param>
public sealed record MetricsRange(string Code, string Title, TimeSpan Length, TimeSpan Step, bool Hours, string Label)
{
    public static readonly IReadOnlyList<MetricsRange> All =
    [
        new("1h", "1 hour", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), Hours: false, "HH:mm"),
        new("24h", "24 hours", TimeSpan.FromHours(24), TimeSpan.FromMinutes(10), Hours: false, "HH:mm"),
        new("7d", "7 days", TimeSpan.FromDays(7), TimeSpan.FromHours(1), Hours: true, "d MMM HH:mm"),
        new("90d", "90 days", TimeSpan.FromDays(90), TimeSpan.FromHours(12), Hours: true, "d MMM HH:mm"),
    ];

    /// <summary>How often the page asks for news.</summary>
    public int RefreshSeconds => Step < TimeSpan.FromHours(1) ? 30 : 300;

    /// <summary>Every point's beginning, oldest first; the last one is the present one. They begin where the database's do.</summary>
    public IReadOnlyList<DateTimeOffset> Times(DateTimeOffset now)
    {
        var last = new DateTimeOffset(now.UtcTicks - ((now - Origin).Ticks % Step.Ticks), TimeSpan.Zero);
        var count = (int)(Length / Step);
        return [.. Enumerable.Range(0, count).Select(i => last - ((count - 1 - i) * Step))];
    }

    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
