using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Logs;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Logs;

/// <summary>A node's directories with two websites, and what splits its access log.</summary>
internal sealed class LogWorld : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mpanel-logs-").FullName;

    public LogWorld(AgentOptions? options = null)
    {
        Options = (options ?? new AgentOptions()) with
        {
            SitesDirectory = Path.Combine(_root, "sites"),
            NginxPrefix = Path.Combine(_root, "nginx"),
            StateDirectory = Path.Combine(_root, "state"),
            SystemUsers = false,
        };
        Layout = new NginxLayout(Options);
        foreach (var directory in new[] { "sites/s7", "sites/s8" })
            Directory.CreateDirectory(Path.Combine(_root, directory));
        Directory.CreateDirectory(Layout.LogDirectory);
        Directory.CreateDirectory(Layout.TrafficDirectory);
        var faults = new FaultSwitch(Options, new HostingEnvironment { EnvironmentName = "Production" });
        Homes = new LogHomes(Options, Layout);
        Logs = new SiteLog(Options, faults, TimeProvider.System);
        Packed = new PackedLogs(Options, faults, TimeProvider.System);
        Room = new LogRoom(Options, Homes);
        Book = new TrafficBook(Options, Layout, TimeProvider.System, NullLogger<TrafficBook>.Instance);
        Cursor = new LogCursor(Layout, Book, NullLogger<LogCursor>.Instance);
        Split = new LogSplit(Options, Layout, Homes, Logs, Cursor, Book, Room, faults);
    }

    public AgentOptions Options { get; }
    public NginxLayout Layout { get; }
    public LogHomes Homes { get; }
    public SiteLog Logs { get; }
    public PackedLogs Packed { get; }
    public LogRoom Room { get; }
    public TrafficBook Book { get; }
    public LogCursor Cursor { get; }
    public LogSplit Split { get; }

    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Writes a log that was taken up, with one line of now for each text.</summary>
    public string Taken(long number, params (long Site, string Text)[] lines)
    {
        var path = $"{Layout.AccessLog}.{number}";
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        File.WriteAllText(path, string.Concat(lines.Select(l => $"{(l.Site == 0 ? "-" : $"s{l.Site}")} {now}.000 10 100 {l.Text}\n")));
        return path;
    }

    public string LogOf(long site) => File.Exists(Homes.Of(site).Current) ? File.ReadAllText(Homes.Of(site).Current) : "";

    /// <summary>A log that ended some days ago.</summary>
    public string Ended(long site, int daysAgo, int number, int bytes = 100, string end = ".gz")
    {
        var home = Homes.Of(site);
        LogHomes.Ensure(home);
        var path = $"{home.Current}.{Today.AddDays(-daysAgo):yyyy-MM-dd}.{number}{end}";
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }

    public string[] FilesOf(long site) => [.. Directory.GetFiles(Homes.Of(site).Directory).Select(f => Path.GetFileName(f)).Order()];
}
