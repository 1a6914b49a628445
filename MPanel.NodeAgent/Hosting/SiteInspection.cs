using System.Collections.Concurrent;
using System.Globalization;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Compares what stands on the node with the ledger, and mends nothing. All websites together, for at five thousand a look at each by itself
/// would take minutes: users and maps are read once, and nginx is asked over few connections that are kept.
/// </summary>
internal sealed class SiteInspection(
    AgentOptions options,
    NginxLayout layout,
    NodeLock node,
    Ledger ledger,
    Generations generations,
    DoubledNames doubled
)
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <param name="Ledger">As it was under the lock.</param>
    /// <param name="Unknown">Directories with our marker that the ledger doesn't have.</param>
    /// <param name="Served">Each name in nginx's live map, and the website it leads to.</param>
    private sealed record Snapshot(
        IReadOnlyCollection<LedgerEntry> Ledger,
        IReadOnlyList<InventoryItem> Unknown,
        IReadOnlyDictionary<string, string> Served
    );

    /// <summary>In the order of their ids.</summary>
    public async Task<InventoryItem[]> Look(CancellationToken cancelled)
    {
        var snapshot = await Take(cancelled);
        var items = await Inspect(snapshot, snapshot.Ledger, cancelled);
        // A task may have been at one of them meanwhile: whose ledger has changed is looked at again.
        var later = await Take(cancelled);
        var known = snapshot.Ledger.ToDictionary(e => e.Spec.WebsiteId, e => e.Hash);
        var suspects = later
            .Ledger.Where(e =>
                known.GetValueOrDefault(e.Spec.WebsiteId) != e.Hash || items.GetValueOrDefault(e.Spec.WebsiteId)?.Problem is not null
            )
            .ToList();
        var again = await Inspect(later, suspects, cancelled);
        return
        [
            .. later
                .Ledger.Select(e => again.GetValueOrDefault(e.Spec.WebsiteId) ?? items[e.Spec.WebsiteId])
                .Concat(later.Unknown)
                .OrderBy(i => i.Id),
        ];
    }

    /// <summary>What the ledger says of some websites; nothing of those that it doesn't have.</summary>
    public async Task<IReadOnlyList<KeptItem>> Kept(IReadOnlyCollection<long> websites, CancellationToken cancelled)
    {
        using var held = await node.Take(cancelled);
        // One of the first release has no revision: nothing can be later than it.
        return
        [
            .. websites
                .Order()
                .Select(ledger.Of)
                .OfType<LedgerEntry>()
                .Where(e => e.Spec.Revision > 0)
                .Select(e => new KeptItem(e.Spec, e.Hash)),
        ];
    }

    private async Task<Snapshot> Take(CancellationToken cancelled)
    {
        using var held = await node.Take(cancelled);
        var entries = ledger.All();
        var known = entries.Select(e => e.Spec.WebsiteId).ToHashSet();
        return new Snapshot(entries, [.. Unknown(known)], generations.Served());
    }

    private IEnumerable<InventoryItem> Unknown(HashSet<long> known)
    {
        foreach (var place in Directory.GetDirectories(options.SitesDirectory))
        {
            var name = Path.GetFileName(place);
            if (
                name[0] == '.'
                || (name[0] == 's' && long.TryParse(name.AsSpan(1), CultureInfo.InvariantCulture, out var id) && known.Contains(id))
            )
                continue;
            if (
                Posix.Status(place) is { Kind: FileKind.Directory }
                && SiteMarker.Read(place) is { } marker
                && !known.Contains(marker.WebsiteId)
            )
                yield return new InventoryItem(
                    "hosting",
                    marker.WebsiteId,
                    0,
                    "",
                    $"{place} stands on the node, which was never told how to serve it."
                );
        }
    }

    private async Task<IReadOnlyDictionary<long, InventoryItem>> Inspect(
        Snapshot snapshot,
        IReadOnlyCollection<LedgerEntry> entries,
        CancellationToken cancelled
    )
    {
        var items = new ConcurrentDictionary<long, InventoryItem>();
        if (entries.Count == 0)
            return items;
        var users = options.SystemUsers ? await Users(cancelled) : [];
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                MaxConnectionsPerServer = MostAtOnce,
            }
        )
        {
            Timeout = Bound,
            MaxResponseContentBufferSize = 64 * 1024,
        };
        await Parallel.ForEachAsync(
            entries,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancelled },
            async (entry, stop) =>
            {
                var site = HostedSite.Of(entry.Spec, options);
                var problem =
                    UserProblem(site, users)
                    ?? TreeProblem(site)
                    ?? (entry.SetAside is { } said ? $"nginx refuses its configuration, and it is not served: {said}" : null)
                    ?? MapProblem(site, snapshot.Served)
                    ?? await AnswerProblem(http, entry, site, stop)
                    ?? DoubledProblem(site);
                items[site.WebsiteId] = new InventoryItem("hosting", site.WebsiteId, entry.Spec.Revision, entry.Hash, problem);
            }
        );
        return items;
    }

    // Users of websites are this machine's own: useradd has made them.
    private static async Task<Dictionary<string, string[]>> Users(CancellationToken cancelled)
    {
        var users = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var fields in (await File.ReadAllLinesAsync("/etc/passwd", cancelled)).Select(l => l.Split(':')).Where(f => f.Length == 7))
            users[fields[0]] = fields;
        return users;
    }

    private string? UserProblem(HostedSite site, Dictionary<string, string[]> users)
    {
        if (!options.SystemUsers)
            return null;
        if (!users.TryGetValue(site.User, out var user))
            return $"The user {site.User} is missing.";
        return user[2] == site.Uid.ToString(CultureInfo.InvariantCulture)
            ? null
            : $"The user {site.User} has id {user[2]}, not {site.Uid}.";
    }

    // Its owner may give public/ other modes, as long as nginx can read it.
    private string? TreeProblem(HostedSite site)
    {
        var place = Path.Combine(options.SitesDirectory, site.Key);
        if (Posix.Status(place) is null)
            return $"The directory {place} is missing.";
        if (SiteTree.RefusalAt(place, site) is { } wrong)
            return wrong.Message;
        if (!options.SystemUsers)
            return null;
        if (Posix.Status(Path.Combine(place, "public")) is not { } web)
            return $"{place} has lost its directory public.";
        if (web.User != site.Uid)
            return $"{place}/public belongs to user id {web.User}, not {site.Uid}.";
        const UnixFileMode Readable = UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        return (web.Mode & Readable) == Readable ? null : $"{place}/public can't be read by nginx.";
    }

    private static string? MapProblem(HostedSite site, IReadOnlyDictionary<string, string> served)
    {
        var missing = site.Spec.Names.Where(n => served.GetValueOrDefault(n.Name) != site.Key).Select(n => n.Name).ToList();
        return missing.Count == 0 ? null : $"nginx's maps lack {string.Join(", ", missing.Take(5))}.";
    }

    // Last: the website itself is served.
    private string? DoubledProblem(HostedSite site)
    {
        var names = site.Spec.Names.Select(n => n.Name).Where(doubled.Has).ToList();
        return names.Count == 0
            ? null
            : $"Another file that nginx reads serves {string.Join(", ", names.Take(5))}, too. nginx goes by one of the two: take the name out of the file, in {layout.VhostDirectory} or beside it.";
    }

    private async Task<string?> AnswerProblem(HttpClient http, LedgerEntry entry, HostedSite site, CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"http://{layout.Addresses[0]}:{options.NginxPort}/.well-known/mpanel-site"
        );
        request.Headers.Host = site.Primary;
        try
        {
            using var response = await http.SendAsync(request, cancelled);
            var text = await response.Content.ReadAsStringAsync(cancelled);
            if (text.Contains($"config: {entry.Hash}\n", StringComparison.Ordinal))
                return null;
            return (int)response.StatusCode == 200
                ? $"nginx answers {site.Primary} with another configuration."
                : $"nginx answers {site.Primary} with status {(int)response.StatusCode}.";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancelled.ThrowIfCancellationRequested();
            return $"nginx does not answer {site.Primary}.";
        }
    }
}
