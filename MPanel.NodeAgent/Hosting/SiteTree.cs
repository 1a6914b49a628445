using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Built">The tree was not there before.</param>
/// <param name="Failure">Null when the tree stands.</param>
internal sealed record EnsuredTree(bool Built, TaskFailure? Failure);

/// <param name="Place">In staging; null when there is nothing to restore.</param>
/// <param name="Failure">Null unless it can't be restored.</param>
internal sealed record RestoredTree(string? Place, TaskFailure? Failure);

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

    /// <summary>Whether there is no tree, wherever a release has put it. Under the node lock.</summary>
    public bool IsGone(HostedSite site) => Posix.Status(PlaceOf(site)) is null && !firstRelease.Exists(site);

    /// <summary>Builds a tree that is gone aside, from its archive. It takes as long as the archive is: not under the node lock.</summary>
    public async Task<RestoredTree> Restore(TaskRun run, HostedSite site, ArchiveFacts kept)
    {
        // A place of its own: an attempt whose lease was lost may still be at another.
        var staged = Path.Combine(_staging, $"{site.WebsiteId}-{Guid.NewGuid():N}");
        return await Stage(run, site, staged, webGroup: 0, kept) is { } failure
            ? new RestoredTree(null, failure)
            : new RestoredTree(staged, null);
    }

    /// <summary>Under the node lock.</summary>
    /// <param name="kept">An archive of the website; null when there is none.</param>
    /// <param name="restored">Made from it, in staging; null when none was to be made.</param>
    public async Task<EnsuredTree> Ensure(TaskRun run, HostedSite site, ArchiveFacts? kept = null, string? restored = null)
    {
        var place = PlaceOf(site);
        foreach (var left in LeftInStaging(site).Where(l => l != restored))
            await run.Effects.Do(Effect.TreeClear, "removing what an interrupted attempt left", () => Clear(left, run.Cancelled));
        await firstRelease.Move(run, site);
        if (Posix.Status(place) is not null)
        {
            run.Log.Info($"the directory of {site.Primary} is there already");
            await MarkEpoch(run, site, place);
            return new EnsuredTree(Built: false, null);
        }
        if (restored is null && kept is not null && archive.Stands(kept))
            return new EnsuredTree(false, new TaskFailure("directory_missing", $"{place} went meanwhile; the next attempt restores it."));
        var staged = restored ?? Path.Combine(_staging, $"{site.WebsiteId}");
        var webGroup = options.SystemUsers ? await WebGroup() : 0;
        if (restored is null && await Stage(run, site, staged, webGroup, restore: null) is { } unstaged)
            return new EnsuredTree(false, unstaged);
        var renamed = false;
        await run.Effects.Do(Effect.TreeRename, $"putting it in place as {place}", () => renamed = PutInPlace(staged, place));
        // What stood in the archive need not have a first page.
        return new EnsuredTree(
            renamed && restored is null,
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

    // Not by .NET, which names everything by its whole path: a restored tree may be deeper than a path is long.
    private async Task<bool> Clear(string staged, CancellationToken cancelled)
    {
        var end = await ExternalProgram.Run(
            "/usr/bin/rm",
            ["-rf", "--one-file-system", "--", staged],
            TimeSpan.FromSeconds(options.ArchiveSeconds),
            cancellationToken: cancelled
        );
        return end.ExitCode == 0 ? true : throw new IOException($"{staged} can't be cleared: {end.Said}");
    }

    private IReadOnlyList<string> LeftInStaging(HostedSite site) =>
        Directory.Exists(_staging)
            ?
            [
                .. Directory
                    .GetDirectories(_staging, $"{site.WebsiteId}*")
                    .Where(d => Path.GetFileName(d).Split('-')[0] == $"{site.WebsiteId}"),
            ]
            : [];

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
            await run.Effects.Do(
                Effect.TreeMarker,
                "marking it with this installation",
                () => SiteMarker.Write(place, marker with { Epoch = site.Spec.Epoch })
            );
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
