using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Archive">The archive that is kept beside it; null when there is none.</param>
/// <param name="SetAside">What nginx says against it: it has its names and is not served. Null when nothing.</param>
internal sealed record LedgerEntry(HostingSpec Spec, string Hash, ArchiveFacts? Archive = null, string? SetAside = null);

/// <summary>Of a website that was removed. Kept for ever, so that an old task never brings it back.</summary>
/// <param name="Proof">What was looked for and is gone; null until all of it is.</param>
/// <param name="Archive">Until then: the archive that the removal was allowed by.</param>
internal sealed record Tombstone(long WebsiteId, long Revision, Guid Epoch, string Hash, string[]? Proof, ArchiveFacts? Archive = null);

/// <summary>
/// What this node shall serve: a file for each website, written durably before anything of it is served. nginx's configuration is rendered
/// from it and holds nothing else. Used only under the node lock. Two agents may share the directory: what is in memory counts as long as the
/// file <c>sequence</c>, which every change replaces first, says what it said.
/// </summary>
internal sealed partial class Ledger(NginxLayout layout, ILogger<Ledger> logger)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private readonly string _directory = Path.Combine(layout.WorkDirectory, "sites");
    private readonly string _erased = Path.Combine(layout.WorkDirectory, "erased");
    private readonly string _sequence = Path.Combine(layout.WorkDirectory, "sequence");
    private readonly SortedDictionary<long, LedgerEntry> _entries = [];
    private readonly Dictionary<string, long> _owners = new(StringComparer.Ordinal);
    private string? _read;

    public void Prepare()
    {
        Directory.CreateDirectory(_directory, RootOnly);
        Directory.CreateDirectory(_erased, RootOnly);
    }

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyCollection<LedgerEntry> All()
    {
        Refresh();
        return [.. _entries.Values];
    }

    public LedgerEntry? Of(long websiteId)
    {
        Refresh();
        return _entries.GetValueOrDefault(websiteId);
    }

    /// <summary>Whether a vhost of the first release has nothing to say any more: its website is served from here, or it was removed.</summary>
    public bool Replaces(long websiteId) => Of(websiteId) is { SetAside: null } || ErasedOf(websiteId) is not null;

    /// <summary>The website that has a name, or null.</summary>
    public long? OwnerOf(string name)
    {
        Refresh();
        return _owners.TryGetValue(name, out var owner) ? owner : null;
    }

    public void Put(LedgerEntry entry)
    {
        Refresh();
        Advance();
        Change(() =>
            DurableFile.Write(
                FileOf(entry.Spec.WebsiteId),
                JsonSerializer.SerializeToUtf8Bytes(entry, AgentJson.Options),
                DurableFile.Private
            )
        );
        Forget(entry.Spec.WebsiteId);
        Remember(entry);
    }

    public void Remove(long websiteId)
    {
        Refresh();
        Advance();
        Change(() => DurableFile.Delete(FileOf(websiteId)));
        Forget(websiteId);
    }

    public Tombstone? ErasedOf(long websiteId) => Read<Tombstone>(TombOf(websiteId));

    public void Bury(Tombstone tombstone) =>
        DurableFile.Write(
            TombOf(tombstone.WebsiteId),
            JsonSerializer.SerializeToUtf8Bytes(tombstone, AgentJson.Options),
            DurableFile.Private
        );

    /// <summary>As if it had never been removed, when the removal is put back.</summary>
    public void Exhume(long websiteId) => DurableFile.Delete(TombOf(websiteId));

    // A disk may have taken the file and failed after: what is in memory counts no more.
    private void Change(Action change)
    {
        try
        {
            change();
        }
        catch
        {
            _read = null;
            throw;
        }
    }

    // Before the change: who is killed between the two has only cost the other agent a needless reading.
    private void Advance()
    {
        var next = Guid.NewGuid().ToString("N");
        var aside = _sequence + ".tmp";
        File.WriteAllText(aside, next);
        Posix.Rename(aside, _sequence);
        _read = next;
    }

    private void Refresh()
    {
        var said = File.Exists(_sequence) ? File.ReadAllText(_sequence) : "";
        if (said == _read)
            return;
        _entries.Clear();
        _owners.Clear();
        foreach (var file in Directory.GetFiles(_directory, "*.json"))
        {
            if (Read<LedgerEntry>(file) is not { } entry)
                continue;
            if (Path.GetFileName(file) == $"{entry.Spec.WebsiteId}.json" && IsWhole(entry.Spec))
                Remember(entry);
            else
                SetAside(file, "It is not a website's that this agent could serve.");
        }
        _read = said;
    }

    private void Remember(LedgerEntry entry)
    {
        _entries[entry.Spec.WebsiteId] = entry;
        foreach (var name in entry.Spec.Names)
            _owners.TryAdd(name.Name, entry.Spec.WebsiteId);
    }

    private void Forget(long websiteId)
    {
        if (!_entries.Remove(websiteId, out var entry))
            return;
        var freed = entry.Spec.Names.Select(n => n.Name).Where(n => _owners.GetValueOrDefault(n) == websiteId).ToHashSet();
        foreach (var name in freed)
            _owners.Remove(name);
        // No name should be there twice; if it is, nobody else may take it.
        foreach (var other in _entries.Values)
        {
            foreach (var name in other.Spec.Names.Where(n => freed.Contains(n.Name)))
                _owners.TryAdd(name.Name, other.Spec.WebsiteId);
        }
    }

    // Written whole or not at all: only a damaged disk or a person makes one unreadable. Kept for people then, and out of the way.
    private T? Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), AgentJson.Options);
        }
        catch (JsonException e)
        {
            SetAside(path, e.Message);
            return null;
        }
    }

    // What would break every reading of the ledger.
    private static bool IsWhole(HostingSpec spec) =>
        spec.Names.All(n => n is not null) && spec.Names.Count(n => n.Role == SiteNameRole.Primary) == 1;

    private void SetAside(string path, string reason)
    {
        DurableFile.Rename(path, path + ".broken");
        LogUnreadable(path, reason);
    }

    private string FileOf(long websiteId) => Path.Combine(_directory, $"{websiteId}.json");

    private string TombOf(long websiteId) => Path.Combine(_erased, $"{websiteId}.json");

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be read and was set aside as .broken: {Reason}")]
    private partial void LogUnreadable(string file, string reason);
}
