using System.Text.Json;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Hosting;

/// <summary>The file <c>site.json</c> in a website's directory: whose it is.</summary>
/// <param name="Domain">As it was when the directory was made; for people.</param>
/// <param name="Epoch">The panel's installation; empty from one of the first release.</param>
internal sealed record SiteMarker(long WebsiteId, string Domain, Guid Epoch = default)
{
    private const int MostBytes = 64 * 1024;
    private const string FileName = "site.json";

    public static void Write(string directory, SiteMarker marker) =>
        DurableFile.Write(
            Path.Combine(directory, FileName),
            JsonSerializer.SerializeToUtf8Bytes(marker, AgentJson.Options),
            DurableFile.Public
        );

    /// <summary>Null when there is none that only the agent can have written.</summary>
    public static SiteMarker? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (Posix.Status(path) is not { Kind: FileKind.Regular, OnlyOursToWrite: true } || new FileInfo(path).Length > MostBytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize<SiteMarker>(File.ReadAllBytes(path), AgentJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
