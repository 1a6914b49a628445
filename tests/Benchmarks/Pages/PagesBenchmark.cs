using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;

namespace MPanel.Benchmarks.Pages;

/// <summary>The panel's pages over a large database, beside the same pages over a small one.</summary>
public static partial class PagesBenchmark
{
    private const int Small = 100;
    private const int LastPage = 1000;

    /// <summary>Lists: their first page, and the thousandth where they are long enough.</summary>
    private static readonly string[] Lists =
    [
        "/orders",
        "/admin/customers",
        "/subscriptions",
        "/invoices",
        "/credit-notes",
        "/provisioning/tasks",
        "/websites",
        "/domains",
        "/attention",
    ];

    private static readonly (string Name, string Path)[] Others =
    [
        ("dashboard", "/dashboard"),
        ("search, a name", "/search?q=weber%2077"),
        ("search, a domain", "/search?q=site-77"),
        ("search, an order", "/search?q=ORD-1077"),
        ("orders, a domain", "/orders?q=site-77"),
        ("customers, a name", "/admin/customers?q=weber"),
        ("failed tasks", "/provisioning/tasks?status=failed"),
        ("order", "/orders/ORD-1050"),
        ("customer", "/admin/customers/50"),
    ];

    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        var rounds = parts.Options.Pick(10, 60, 200);
        var large = parts.Options.Pick(2000, 100_000, 100_000);
        var small = await Measure(parts, Small, rounds);
        var big = await Measure(parts, large, rounds);

        var table = new Table(
            $"Pages over {large:N0} customers, {large * 3:N0} subscriptions, {large * 10:N0} invoices and as many tasks; beside {Small * 10:N0} invoices",
            "",
            "p50",
            "p99",
            "database p50",
            "p99",
            "small p50",
            "big/small",
            "page"
        );
        foreach (var (name, times) in big.Pages)
        {
            // The small panel has no thousandth page: its last one stands for it.
            var beside =
                small.Pages.GetValueOrDefault(name) ?? small.Pages[name.Replace($" page {LastPage}", "", StringComparison.Ordinal)];
            table.Add(
                name,
                Figure.P50(times.Select(t => t.Server)),
                Figure.P99(times.Select(t => t.Server)),
                Figure.P50(times.Select(t => t.Database)),
                Figure.P99(times.Select(t => t.Database)),
                Figure.P50(beside.Select(t => t.Server)),
                Figure.Ratio(Figure.Median(times.Select(t => t.Server)) / Figure.Median(beside.Select(t => t.Server))),
                $"{times[0].Bytes / 1024.0:0.0} KB"
            );
        }
        table.Note(
            $"{rounds} times each, one after the other, after {WarmUps} warm-ups; times as the server measured them. Bytes compressed."
        );
        table.Note($"The first visit of the dashboard brings {big.FirstVisit / 1024.0:0} KB of files besides.");
        table.Note($"Tables of more than 10,000 rows that were read from end to end meanwhile: {big.Scanned}.");
        return [table];
    }

    private const int WarmUps = 5;

    private sealed record Measured(Dictionary<string, List<PageTime>> Pages, long FirstVisit, string Scanned);

    private static async Task<Measured> Measure(BenchParts parts, int customers, int rounds)
    {
        await using var panel = await PanelPart.Start(parts, "web", serverTiming: true);
        parts.Say($"  seeding {customers:N0} customers");
        await PagesSeed.Fill(panel.Database, customers, parts.Stop);
        using var client = await SignedInClient.Open(panel, parts.Stop);
        var pages = new List<(string Name, string Path)>(Others);
        foreach (var list in Lists)
        {
            pages.Add((list, list));
            if (await PageAt(client, list, parts.Stop) is { } far)
                pages.Add(($"{list} page {LastPage}", far));
        }
        var measured = new Dictionary<string, List<PageTime>>();
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        foreach (var (name, path) in pages)
            for (var i = 0; i < WarmUps; i++)
                await client.Get(path, parts.Stop);
        await db.ExecuteAsync("select pg_stat_reset()");
        foreach (var (name, path) in pages)
        {
            parts.Say($"  {name}");
            var times = measured[name] = [];
            for (var i = 0; i < rounds; i++)
                times.Add(await client.Get(path, parts.Stop));
        }
        var files = await client.Files(measured["dashboard"][0].Text, parts.Stop);
        return new Measured(measured, files, await Scanned(db));
    }

    /// <summary>The way a person gets there: by the link to the next page, with large pages. Null where the list ends before.</summary>
    private static async Task<string?> PageAt(SignedInClient client, string list, CancellationToken stop)
    {
        const int step = 200;
        var path = $"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}pageSize={step}";
        for (var row = 0; row < (LastPage - 1) * 50; row += step)
        {
            var next = Next().Match((await client.Get(path, stop)).Text);
            if (!next.Success)
                return null;
            path = WebUtility.HtmlDecode(next.Groups[1].Value);
        }
        return path.Replace($"pageSize={step}", "pageSize=50", StringComparison.Ordinal);
    }

    private static async Task<string> Scanned(Npgsql.NpgsqlConnection db)
    {
        // The counters are written when a connection has been idle for a second.
        await Task.Delay(2000);
        var scanned = await db.QueryAsync<string>(
            """
            select relname || ' (' || seq_scan || ')' from pg_stat_user_tables
            where seq_scan > 0 and (select reltuples from pg_class where oid = relid) > 10000 order by seq_scan desc
            """
        );
        return string.Join(", ", scanned) is { Length: > 0 } names ? names : "none";
    }

    [GeneratedRegex("""rel="next" href="([^"]+)""")]
    private static partial Regex Next();
}
