using System.Text.Json;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Nginx;

/// <summary>
/// What an agent of the first release left when it was killed in the midst of a change of a vhost: the earlier file is put back. For one
/// release. Used only under the node lock.
/// </summary>
internal sealed class FirstReleaseJournal(NginxLayout layout)
{
    private readonly string _journal = Path.Combine(layout.WorkDirectory, "journal.json");
    private readonly string _previous = Path.Combine(layout.WorkDirectory, "previous.conf");
    private readonly string _aside = Path.Combine(layout.WorkDirectory, "aside.conf");

    private sealed record Entry(string File, bool HadPrevious);

    /// <summary>The file's name, or null when nothing was under way.</summary>
    public string? Restore()
    {
        if (!File.Exists(_journal) || Read() is not { } entry)
            return null;
        var place = Path.Combine(layout.VhostDirectory, Path.GetFileName(entry.File));
        if (entry.HadPrevious)
        {
            DurableFile.WriteAside(_aside, File.ReadAllBytes(_previous), DurableFile.Public);
            DurableFile.Rename(_aside, place);
        }
        else
            DurableFile.Delete(place);
        DurableFile.Delete(_journal);
        File.Delete(_previous);
        File.Delete(_aside);
        return entry.File;
    }

    // Written whole or not at all: only a damaged disk makes it unreadable. Kept for people then, and out of the way.
    private Entry? Read()
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
}
