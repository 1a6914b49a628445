using System.Globalization;
using System.Text.Json;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Logs;

/// <summary>What each website has moved on one day.</summary>
/// <param name="Number">Of the log that was counted last; with <paramref name="Offset"/>: what is before it is not counted again.</param>
internal sealed record DayTraffic(long Number, long Offset, Dictionary<long, SiteTraffic> Sites);

/// <summary>What the node's websites have moved, a file for each day in UTC. Each says itself how far it has counted, so that a repeat adds nothing.</summary>
internal sealed partial class TrafficBook(AgentOptions options, NginxLayout layout, TimeProvider time, ILogger<TrafficBook> logger)
{
    private const string Form = "yyyy-MM-dd";

    /// <summary>In order.</summary>
    public IReadOnlyList<DateOnly> Days() =>
        [
            .. Directory
                .GetFiles(layout.TrafficDirectory, "*.json")
                .Select(f =>
                    DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(f), Form, CultureInfo.InvariantCulture, 0, out var day)
                        ? day
                        : default
                )
                .Where(day => day != default)
                .Order(),
        ];

    /// <summary>When the day was written last: as long as it is the same, so is what was counted.</summary>
    public DateTime ChangedAt(DateOnly day) => File.GetLastWriteTimeUtc(PathOf(day));

    public DayTraffic Of(DateOnly day) => Read(day) ?? new DayTraffic(0, 0, []);

    /// <summary>Adds the part of a log, unless it was added before.</summary>
    public void Add(long number, LineBatch batch)
    {
        foreach (var (day, sites) in Sensible(batch))
        {
            var known = Of(day);
            if (new LogPosition(known.Number, known.Offset).Reaches(number, batch.To))
                continue;
            foreach (var (site, traffic) in sites)
                known.Sites[site] = known.Sites.GetValueOrDefault(site, SiteTraffic.None).Plus(traffic);
            var next = known with { Number = number, Offset = batch.To };
            DurableFile.Write(PathOf(day), JsonSerializer.SerializeToUtf8Bytes(next, AgentJson.Options), DurableFile.Private);
        }
    }

    /// <summary>How far any day was counted.</summary>
    public LogPosition Furthest() =>
        Days()
            .Select(Of)
            .Select(d => new LogPosition(d.Number, d.Offset))
            .Aggregate(new LogPosition(0, 0), (far, next) => far.Reaches(next.Number, next.Offset) ? far : next);

    /// <summary>Forgets the days before the last <see cref="AgentOptions.AccessLogDays"/>.</summary>
    public void Prune()
    {
        foreach (var day in Days().Where(day => day < Today.AddDays(-options.AccessLogDays)))
            DurableFile.Delete(PathOf(day));
    }

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    // A clock that was set wrong makes days that nobody asks for: what happened then counts for today.
    private Dictionary<DateOnly, Dictionary<long, SiteTraffic>> Sensible(LineBatch batch)
    {
        var sensible = new Dictionary<DateOnly, Dictionary<long, SiteTraffic>>();
        foreach (var (day, sites) in batch.Traffic)
        {
            var counted = day < Today.AddDays(-options.AccessLogDays) || day > Today.AddDays(1) ? Today : day;
            if (!sensible.TryGetValue(counted, out var all))
                sensible[counted] = all = [];
            foreach (var (site, traffic) in sites)
                all[site] = all.GetValueOrDefault(site, SiteTraffic.None).Plus(traffic);
        }
        return sensible;
    }

    private DayTraffic? Read(DateOnly day)
    {
        var path = PathOf(day);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<DayTraffic>(File.ReadAllBytes(path), AgentJson.Options);
        }
        catch (JsonException e)
        {
            DurableFile.Rename(path, path + ".broken");
            LogUnreadable(path, e.Message);
            return null;
        }
    }

    private string PathOf(DateOnly day) =>
        Path.Combine(layout.TrafficDirectory, $"{day.ToString(Form, CultureInfo.InvariantCulture)}.json");

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be read and was set aside as .broken: {Reason}")]
    private partial void LogUnreadable(string file, string reason);
}
