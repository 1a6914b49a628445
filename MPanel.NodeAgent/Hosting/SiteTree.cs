using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Built">The tree was not there before.</param>
/// <param name="Failure">Null when the tree stands.</param>
internal sealed record EnsuredTree(bool Built, TaskFailure? Failure);

/// <summary>
/// A website's directories: <c>s&lt;id&gt;/</c> and its marker belong to root, <c>public/</c> to the site's user. They are built in a
/// staging directory only root can enter and renamed into place; from then on root never follows or writes what is below public/.
/// The first release had them under the domain: <see cref="FirstReleaseTree"/> moves them.
/// </summary>
internal sealed class SiteTree(AgentOptions options, FirstReleaseTree firstRelease, SiteArchive archive)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;

    // The group is the web server's and is inherited: nginx reads, other tenants do not.
    private const UnixFileMode SharedWithWeb = UnixFileMode.SetGroup | (UnixFileMode)0b111_101_000;
    private readonly string _staging = Path.Combine(options.SitesDirectory, ".staging");

    /// <summary>Why what stands at the site's place makes the task impossible; null when nothing does.</summary>
    public TaskFailure? Refusal(HostedSite site)
    {
        var place = PlaceOf(site);
        if (Posix.Status(place) is null || firstRelease.IsUnderWay(site))
            return firstRelease.Refusal(site);
        return RefusalAt(place, site);
    }

    /// <summary>What is wrong with a directory that should be this site's; null when nothing is.</summary>
    public static TaskFailure? RefusalAt(string place, HostedSite site)
    {
        if (Posix.Status(place) is not { Kind: FileKind.Directory, OnlyOursToWrite: true } || SiteMarker.Read(place) is not { } marker)
            return new TaskFailure("directory_exists", $"{place} exists and was not made for a website by this panel.", Permanent: true);
        if (marker.WebsiteId != site.WebsiteId)
            return new TaskFailure(
                "directory_taken",
                $"{place} belongs to website {marker.WebsiteId}, not {site.WebsiteId}.",
                Permanent: true
            );
        if (marker.Epoch != Guid.Empty && site.Spec.Epoch != Guid.Empty && marker.Epoch != site.Spec.Epoch)
            return LedgerRules.OtherInstallation(site.WebsiteId);
        return Posix.Status(Path.Combine(place, "public")) is { Kind: FileKind.Directory }
            ? null
            : new TaskFailure("directory_damaged", $"{place} has lost its directory public.", Permanent: true);
    }

    /// <param name="kept">An archive of the website, to make a tree from that is gone; null when there is none.</param>
    public async Task<EnsuredTree> Ensure(TaskRun run, HostedSite site, ArchiveFacts? kept = null)
    {
        var (staged, place) = (Path.Combine(_staging, $"{site.WebsiteId}"), PlaceOf(site));
        if (Posix.Status(staged) is not null)
            await run.Effects.Do(
                Effect.TreeClear,
                "removing what an interrupted attempt left",
                () => Directory.Delete(staged, recursive: true)
            );
        await firstRelease.Move(run, site);
        if (Posix.Status(place) is not null)
        {
            run.Log.Info($"the directory of {site.Primary} is there already");
            await MarkEpoch(run, site, place);
            return new EnsuredTree(Built: false, null);
        }
        var webGroup = options.SystemUsers ? await WebGroup() : 0;
        var restored = kept is not null && archive.Stands(kept);
        if (await Stage(run, site, staged, webGroup, restored ? kept : null) is { } unstaged)
            return new EnsuredTree(false, unstaged);
        var renamed = false;
        await run.Effects.Do(Effect.TreeRename, $"putting it in place as {place}", () => renamed = PutInPlace(staged, place));
        // What stood in the archive need not have a first page.
        return new EnsuredTree(
            renamed && !restored,
            renamed ? null : new TaskFailure("directory_exists", $"{place} appeared meanwhile.", Permanent: true)
        );
    }

    private async Task<TaskFailure?> Stage(TaskRun run, HostedSite site, string staged, uint webGroup, ArchiveFacts? restore)
    {
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
        if (restore is not null)
            return await archive.Restore(run, restore, staged);
        await StagePublic(run, site, staged, webGroup);
        return null;
    }

    private async Task StagePublic(TaskRun run, HostedSite site, string staged, uint webGroup)
    {
        var (web, page) = (Path.Combine(staged, "public"), Path.Combine(staged, "public", "index.html"));
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
        SiteMarker.Write(directory, new SiteMarker(site.WebsiteId, site.Primary, site.Spec.Epoch));

    // A tree of the first release has none.
    private static async Task MarkEpoch(TaskRun run, HostedSite site, string place)
    {
        if (site.Spec.Epoch != Guid.Empty && SiteMarker.Read(place) is { } marker && marker.Epoch == Guid.Empty)
            await run.Effects.Do(Effect.TreeMarker, "marking it with this installation", () => WriteMarker(place, site));
    }

    private static void WritePage(string path, HostedSite site) =>
        DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(PlaceholderPage.For(site.Primary)), DurableFile.Public);

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

    private async Task<uint> WebGroup()
    {
        var end = await ExternalProgram.Run("/usr/bin/getent", ["group", options.WebGroup], TimeSpan.FromSeconds(options.ProgramSeconds));
        return end.ExitCode == 0 && uint.TryParse(end.Output.Split(':').ElementAtOrDefault(2), out var id)
            ? id
            : throw new IOException($"The group {options.WebGroup} of Agent:WebGroup does not exist.");
    }

    public string PlaceOf(HostedSite site) => Path.Combine(options.SitesDirectory, site.Key);
}
