using System.Globalization;
using System.Text.Json;
using MPanel.Database.Servers;
using Npgsql;

namespace MPanel.Web.Pages.Servers;

/// <param name="Id">Of the chart in the page.</param>
/// <param name="Json">What charts.js draws.</param>
/// <param name="Summary">The same in a sentence, for those who don't see it.</param>
public sealed record MetricsChart(string Id, string Title, string Json, string Summary);

/// <param name="Cells">CPU, memory, disk, load, network in and out; "–" where nothing was heard.</param>
public sealed record MetricsLine(string Time, IReadOnlyList<string> Cells);

/// <summary>One server's figures over a range, as charts and as a table. What was not heard is a gap in both.</summary>
public sealed class MetricsView
{
    private const double Gigabyte = 1024 * 1024 * 1024;

    private readonly IReadOnlyList<string> _labels;
    private readonly IReadOnlyList<MetricsPoint?> _points;

    private MetricsView(MetricsRange range, IReadOnlyList<DateTimeOffset> times, IEnumerable<MetricsPoint> points, TimeZoneInfo zone)
    {
        var known = points.ToDictionary(p => p.At);
        Range = range;
        _points = [.. times.Select(t => known.GetValueOrDefault(t))];
        _labels = [.. times.Select(t => TimeZoneInfo.ConvertTime(t, zone).ToString(range.Label, CultureInfo.InvariantCulture))];
        Zone = zone.Id;
        Charts = [Cpu(), Memory(), Disk(), Load(), Network()];
    }

    public MetricsRange Range { get; }
    public string Zone { get; }
    public IReadOnlyList<MetricsChart> Charts { get; }

    /// <summary>Nothing was heard in the whole range.</summary>
    public bool IsEmpty => _points.All(p => p is null);

    /// <summary>Newest first.</summary>
    public IEnumerable<MetricsLine> Lines =>
        _points
            .Zip(
                _labels,
                (p, label) =>
                    new MetricsLine(
                        label,
                        p is null
                            ? ["–", "–", "–", "–", "–", "–"]
                            :
                            [
                                Text($"{p.CpuPercent:0} % (most {p.CpuPercentMax:0} %)"),
                                Text($"{p.MemoryUsedBytes / Gigabyte:0.0} of {p.MemoryTotalBytes / Gigabyte:0.0} GB"),
                                Text($"{p.DiskUsedBytes / Gigabyte:0.0} of {p.DiskTotalBytes / Gigabyte:0.0} GB"),
                                Text($"{p.Load1:0.00} (most {p.Load1Max:0.00})"),
                                Text($"{p.NetworkReceived / 1024:0} kB/s"),
                                Text($"{p.NetworkSent / 1024:0} kB/s"),
                            ]
                    )
            )
            .Reverse();

    public static async Task<MetricsView> Read(
        NpgsqlConnection db,
        long serverId,
        MetricsRange range,
        DateTimeOffset now,
        TimeZoneInfo zone
    )
    {
        var times = range.Times(now);
        var (from, to) = (times[0], times[^1] + range.Step);
        var points = range.Hours
            ? await ServerMetrics.ByHours(db, serverId, from, to, range.Step)
            : await ServerMetrics.ByMinutes(db, serverId, from, to, range.Step);
        return new MetricsView(range, times, points, zone);
    }

    private MetricsChart Cpu() => Chart("cpu", "CPU", " %", 100, ("Average", p => p.CpuPercent, 1), ("Highest", p => p.CpuPercentMax, 1));

    private MetricsChart Memory() =>
        Chart("memory", "Memory", " GB", Most(p => p.MemoryTotalBytes / Gigabyte), ("Used", p => p.MemoryUsedBytes / Gigabyte, 2));

    private MetricsChart Disk() =>
        Chart("disk", "Disk", " GB", Most(p => p.DiskTotalBytes / Gigabyte), ("Used", p => p.DiskUsedBytes / Gigabyte, 2));

    private MetricsChart Load() => Chart("load", "Load", "", null, ("Average", p => p.Load1, 2), ("Highest", p => p.Load1Max, 2));

    private MetricsChart Network()
    {
        var (unit, bytes) =
            Most(p => Math.Max(p.NetworkReceived, p.NetworkSent)) >= 1024 * 1024 ? (" MB/s", 1024.0 * 1024) : (" kB/s", 1024.0);
        return Chart("network", "Network", unit, null, ("In", p => p.NetworkReceived / bytes, 1), ("Out", p => p.NetworkSent / bytes, 1));
    }

    private MetricsChart Chart(
        string id,
        string title,
        string unit,
        double? max,
        params (string Label, Func<MetricsPoint, double> Value, int Digits)[] series
    )
    {
        var values = series
            .Select(s => _points.Select(p => p is null ? (double?)null : Math.Round(s.Value(p), s.Digits)).ToArray())
            .ToArray();
        var json = JsonSerializer.Serialize(
            new
            {
                type = "line",
                labels = _labels,
                series = series.Select((s, i) => new { label = s.Label, values = values[i] }),
                unit,
                max = max is null ? null : (double?)Math.Ceiling(max.Value),
            },
            JsonSerializerOptions.Web
        );
        return new MetricsChart(
            $"chart-{id}",
            title,
            json,
            $"{title}: {string.Join(", ", series.Select((s, i) => Sentence(s.Label, values[i], unit)))}."
        );
    }

    private static string Sentence(string label, IReadOnlyList<double?> values, string unit) =>
        values.LastOrDefault(v => v is not null) is { } last
            ? Text($"{label.ToLowerInvariant()} {last}{unit} at last, {values.Max()}{unit} at most")
            : "nothing was heard";

    private double? Most(Func<MetricsPoint, double> value) => _points.Max(p => p is null ? (double?)null : value(p));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
