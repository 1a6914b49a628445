using System.Text.Json;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Built">The tree was not there before.</param>
/// <param name="Failure">Null when the tree stands.</param>
internal sealed record EnsuredTree(bool Built, TaskFailure? Failure);

/// <summary>
/// A website's directories: <c>&lt;domain&gt;/</c> and its marker belong to root, <c>public/</c> to the site's user. They are built in a
/// staging directory only root can enter and renamed into place; from then on root never follows or writes what is below public/.
/// </summary>
internal sealed class SiteTree(AgentOptions options)
{
    private const int MostMarkerBytes = 64 * 1024;
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;

    // The group is the web server's and is inherited: nginx reads, other tenants do not.
    private const UnixFileMode SharedWithWeb = UnixFileMode.SetGroup | (UnixFileMode)0b111_101_000;
    private readonly string _staging = Path.Combine(options.SitesDirectory, ".staging");

    private sealed record Marker(long WebsiteId, string Domain);

    public static string PublicOf(AgentOptions options, HostedSite site) => Path.Combine(options.SitesDirectory, site.Domain, "public");

    /// <summary>Why what stands at the site's place makes the task impossible; null when nothing does.</summary>
    public TaskFailure? Refusal(HostedSite site)
    {
        var place = PlaceOf(site);
        if (Posix.Status(place) is not { } status)
            return null;
        if (status.Kind != FileKind.Directory || !status.OnlyOursToWrite || ReadMarker(place) is not { } marker)
            return new TaskFailure("directory_exists", $"{place} exists and was not made for a website by this panel.", Permanent: true);
        if (marker.WebsiteId != site.WebsiteId)
            return new TaskFailure(
                "directory_taken",
                $"{place} belongs to website {marker.WebsiteId}, not {site.WebsiteId}.",
                Permanent: true
            );
        return Posix.Status(PublicOf(options, site)) is { Kind: FileKind.Directory }
            ? null
            : new TaskFailure("directory_damaged", $"{place} has lost its directory public.", Permanent: true);
    }

    public async Task<EnsuredTree> Ensure(TaskRun run, HostedSite site)
    {
        var (staged, place) = (Path.Combine(_staging, $"{site.WebsiteId}"), PlaceOf(site));
        if (Posix.Status(staged) is not null)
            await run.Effects.Do(
                Effect.TreeClear,
                "removing what an interrupted attempt left",
                () => Directory.Delete(staged, recursive: true)
            );
        if (Posix.Status(place) is not null)
        {
            run.Log.Info($"the directory of {site.Domain} is there already");
            return new EnsuredTree(Built: false, null);
        }
        var webGroup = options.SystemUsers ? await WebGroup() : 0;
        await Stage(run, site, staged, webGroup);
        var renamed = false;
        await run.Effects.Do(Effect.TreeRename, $"putting it in place as {place}", () => renamed = PutInPlace(staged, place));
        return new EnsuredTree(
            renamed,
            renamed ? null : new TaskFailure("directory_exists", $"{place} appeared meanwhile.", Permanent: true)
        );
    }

    private async Task Stage(TaskRun run, HostedSite site, string staged, uint webGroup)
    {
        var (web, page) = (Path.Combine(staged, "public"), Path.Combine(staged, "public", "index.html"));
        await run.Effects.Do(
            Effect.TreeStage,
            "building the directory aside",
            () =>
            {
                Directory.CreateDirectory(_staging, RootOnly);
                MakeDirectory(staged, Open);
            }
        );
        await run.Effects.Do(Effect.TreeMarker, "marking it as ours", () => WriteMarker(staged, site));
        await run.Effects.Do(Effect.TreePublic, "making its public directory", () => MakeDirectory(web, Open));
        await run.Effects.Do(Effect.TreePage, "writing the first page", () => WritePage(page, site));
        if (options.SystemUsers)
            await run.Effects.Do(
                Effect.TreeOwner,
                $"giving the public directory to {site.User}",
                () => HandOver(site, web, page, webGroup)
            );
    }

    private static void MakeDirectory(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }

    private static void WriteMarker(string directory, HostedSite site) =>
        DurableFile.Write(
            Path.Combine(directory, "site.json"),
            JsonSerializer.SerializeToUtf8Bytes(new Marker(site.WebsiteId, site.Domain), AgentJson.Options),
            DurableFile.Public
        );

    private static void WritePage(string path, HostedSite site) =>
        DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(PlaceholderPage.For(site.Domain)), DurableFile.Public);

    // Still in staging, where the site's user cannot reach: nothing can be swapped under root's hands.
    private static void HandOver(HostedSite site, string web, string page, uint webGroup)
    {
        Posix.ChangeOwner(page, site.Uid, webGroup);
        Posix.ChangeOwner(web, site.Uid, webGroup);
        // After the owner, since that change takes the set-group bit away.
        File.SetUnixFileMode(web, SharedWithWeb);
    }

    private bool PutInPlace(string staged, string place)
    {
        Posix.SyncDirectory(staged);
        if (!Posix.RenameNew(staged, place))
            return false;
        Posix.SyncDirectory(options.SitesDirectory);
        return true;
    }

    private static Marker? ReadMarker(string place)
    {
        var path = Path.Combine(place, "site.json");
        if (Posix.Status(path) is not { Kind: FileKind.Regular, OnlyOursToWrite: true } || new FileInfo(path).Length > MostMarkerBytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Marker>(File.ReadAllBytes(path), AgentJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<uint> WebGroup()
    {
        var end = await ExternalProgram.Run("/usr/bin/getent", ["group", options.WebGroup], TimeSpan.FromSeconds(options.ProgramSeconds));
        return end.ExitCode == 0 && uint.TryParse(end.Output.Split(':').ElementAtOrDefault(2), out var id)
            ? id
            : throw new IOException($"The group {options.WebGroup} of Agent:WebGroup does not exist.");
    }

    private string PlaceOf(HostedSite site) => Path.Combine(options.SitesDirectory, site.Domain);
}
