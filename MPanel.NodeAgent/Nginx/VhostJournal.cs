using System.Text.Json;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Nginx;

/// <summary>
/// What the vhost directory looked like before the change that is under way. Used only under the node lock. As long as the journal
/// stands, the change is not finished, and whoever finds it puts the earlier state back.
/// </summary>
internal sealed class VhostJournal(NginxLayout layout)
{
    private readonly string _journal = Path.Combine(layout.WorkDirectory, "journal.json");
    private readonly string _previous = Path.Combine(layout.WorkDirectory, "previous.conf");
    private readonly string _aside = Path.Combine(layout.WorkDirectory, "aside.conf");

    private sealed record Entry(string File, bool HadPrevious);

    public bool Exists => File.Exists(_journal);

    public string PathOf(string file) => Path.Combine(layout.VhostDirectory, file);

    /// <summary>The vhost file's content, or null.</summary>
    public byte[]? Read(string file) => File.Exists(PathOf(file)) ? File.ReadAllBytes(PathOf(file)) : null;

    public void KeepPrevious(byte[] content) => DurableFile.Write(_previous, content, DurableFile.Public);

    public void Begin(string file, bool hadPrevious) =>
        DurableFile.Write(
            _journal,
            JsonSerializer.SerializeToUtf8Bytes(new Entry(file, hadPrevious), AgentJson.Options),
            DurableFile.Private
        );

    public void WriteAside(byte[] content) => DurableFile.WriteAside(_aside, content, DurableFile.Public);

    public void PutInPlace(string file) => DurableFile.Rename(_aside, PathOf(file));

    /// <summary>Puts the earlier file back and leaves the journal, so that a kill before the reload is noticed. Null when nothing was under way.</summary>
    public string? Restore()
    {
        if (!Exists)
            return null;
        if (ReadJournal() is not { } entry)
            return null;
        if (entry.HadPrevious)
        {
            WriteAside(File.ReadAllBytes(_previous));
            PutInPlace(entry.File);
        }
        else
            DurableFile.Delete(PathOf(entry.File));
        return entry.File;
    }

    // Written whole or not at all: only a damaged disk makes it unreadable. Kept for people then, and out of the way.
    private Entry? ReadJournal()
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(_journal), AgentJson.Options);
        }
        catch (JsonException)
        {
            DurableFile.Rename(_journal, _journal + ".broken");
            return null;
        }
    }

    /// <summary>The change is finished, or taken back.</summary>
    public void Forget()
    {
        DurableFile.Delete(_journal);
        File.Delete(_previous);
        File.Delete(_aside);
    }
}
