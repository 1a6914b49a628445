using System.Collections.Concurrent;
using Dapper;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Fire;

/// <param name="Page">The name that its first page was made with.</param>
/// <param name="Server">Where it stands.</param>
/// <param name="Revision">What stands there, and shall.</param>
public sealed record LiveSite(long WebsiteId, string Domain, string Page, string Server, long Revision);

/// <summary>
/// Visits every live website again and again, as its visitors do. A site that stands as it shall must answer with its own page at any
/// time, whatever happens elsewhere; only a node whose nginx itself is the victim is let off.
/// </summary>
public sealed class SiteWatch(FaultWorld world)
{
    /// <summary>Of websites w that are live and as they shall be.</summary>
    public const string Standing = """
        select w.id as website_id, w.domain,
               (select min(f.domain) from subscriptions f where f.website_id = w.id) as page, s.name as server, p.revision
        from websites w join servers s on s.id = w.server_id
        join placements p on p.kind = 'hosting' and p.subject_id = w.id and p.role = 'serving'
        where w.status = 'active' and p.applied_revision = p.revision
        order by w.id
        """;

    private const int AtOnce = 8;
    private readonly ConcurrentDictionary<string, int> _dark = new();
    private readonly ConcurrentQueue<string> _silent = new();
    private volatile IReadOnlyList<LiveSite> _sites = [];
    private long _visits;

    public IReadOnlyList<LiveSite> Sites => _sites;
    public long Visits => Interlocked.Read(ref _visits);

    /// <summary>What visitors met instead of their page.</summary>
    public IReadOnlyCollection<string> Silent => _silent;

    public void Darken(Node node) => _dark.AddOrUpdate(node.Name, 1, (_, n) => n + 1);

    public void Lighten(Node node) => _dark.AddOrUpdate(node.Name, 0, (_, n) => n - 1);

    public async Task Run(CancellationToken stop)
    {
        var next = 0;
        var read = DateTimeOffset.MinValue;
        while (!stop.IsCancellationRequested)
        {
            if (TimeProvider.System.GetUtcNow() - read > TimeSpan.FromSeconds(2))
            {
                await Read();
                read = TimeProvider.System.GetUtcNow();
            }
            var sites = _sites;
            var round = Enumerable.Range(next, Math.Min(AtOnce, sites.Count)).Select(i => sites[i % sites.Count]).ToList();
            next = sites.Count == 0 ? 0 : (next + round.Count) % sites.Count;
            await Task.WhenAll(round.Select(Visit));
            await Task.Delay(250, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether the node's sites, or some of many, answer, and will go on: workers without a master are still to be replaced.</summary>
    public async Task<bool> AnswersNow(Node node)
    {
        if (node.Agent.NginxMaster() is null)
            return false;
        foreach (var site in _sites.Where(s => s.Server == node.Name).TakeLast(5))
        {
            if (await Wrong(node, site) is not null)
                return false;
        }
        return true;
    }

    /// <summary>Every live site once. What is wrong, by site.</summary>
    public async Task<IReadOnlyList<string>> VisitAll()
    {
        await Read();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            _sites,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (site, _) =>
            {
                if (await Wrong(NodeOf(site), site) is { } what)
                    wrong.Add(what);
            }
        );
        return [.. wrong];
    }

    private async Task Visit(LiveSite site)
    {
        var node = NodeOf(site);
        if (IsDark(node))
            return;
        var what = await Wrong(node, site);
        // The fault may have come while the visitor waited.
        if (IsDark(node))
            return;
        Interlocked.Increment(ref _visits);
        // An admin may have changed it meanwhile.
        if (what is not null && await IsStill(site))
            _silent.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}");
    }

    private async Task<bool> IsStill(LiveSite site)
    {
        for (var tries = 0; tries < 60; tries++)
        {
            try
            {
                return (await Stand()).Contains(site);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(500);
            }
        }
        return true;
    }

    private static async Task<string?> Wrong(Node node, LiveSite site)
    {
        try
        {
            var (status, body) = await node.Agent.Get(site.Domain);
            if (status != 200 || !body.Contains($"<h1>{site.Page}</h1>", StringComparison.Ordinal))
                return $"{site.Domain} on {site.Server} answered {status}";
            var (probe, text) = await node.Agent.Get(site.Domain, "/.well-known/mpanel-site");
            return probe == 200 && text.Contains($"website: {site.WebsiteId}\nrevision: {site.Revision}\n", StringComparison.Ordinal)
                ? null
                : $"{site.Domain} on {site.Server} answered {probe} as website: {text}";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return $"{site.Domain} on {site.Server} answered nothing: {e.Message}";
        }
    }

    private bool IsDark(Node node) => _dark.GetValueOrDefault(node.Name) > 0;

    private Node NodeOf(LiveSite site) => world.Nodes.Single(n => n.Name == site.Server);

    private async Task Read()
    {
        try
        {
            _sites = await Stand();
        }
        catch (NpgsqlException)
        {
            // The database is the victim just now; the sites must answer all the same.
        }
    }

    private async Task<IReadOnlyList<LiveSite>> Stand()
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        return [.. await db.QueryAsync<LiveSite>(Standing)];
    }
}
