namespace MPanel.Web.Platform.Lists;

/// <summary>Days of a list's filters as moments: they begin at midnight where whoever asks lives, UTC for API keys.</summary>
public static class ListDays
{
    public static DateTimeOffset? StartOf(this ListQuery query, string filter, TimeZoneInfo zone) =>
        query.Day(filter) is { } day ? Midnight(day, zone) : null;

    /// <summary>For filters that mean the whole day: it ends where the next one begins. The calendar's last day has no end.</summary>
    public static DateTimeOffset? EndOf(this ListQuery query, string filter, TimeZoneInfo zone) =>
        query.Day(filter) is { } day && day < DateOnly.MaxValue ? Midnight(day.AddDays(1), zone) : null;

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        // Where the clocks go forward at midnight the day begins an hour later.
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1);
        var utc = local.Ticks - zone.GetUtcOffset(local).Ticks;
        return new DateTimeOffset(Math.Clamp(utc, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);
    }
}
