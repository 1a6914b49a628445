using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// A tree that the first release made under the website's domain. It moves to the website's id once, without a moment of darkness: a link is
/// made at the new place and exchanged with the directory in one step, so that the earlier configuration finds its root through the link. The
/// link goes when nginx has the new one. For one release.
/// </summary>
internal sealed class FirstReleaseTree(AgentOptions options)
{
    /// <summary>The link stands at the new place: a run was killed before the exchange.</summary>
    public bool IsUnderWay(HostedSite site) => Posix.LinkText(NewPlace(site)) == site.Key;

    /// <summary>What is wrong with the tree under a domain of this site; null when nothing is, or when there is none.</summary>
    public TaskFailure? Refusal(HostedSite site) => Find(site) is { } old ? SiteTree.RefusalAt(old, site) : null;

    public bool Exists(HostedSite site) => Find(site) is not null;

    public async Task Move(TaskRun run, HostedSite site)
    {
        var underWay = IsUnderWay(site);
        if (!underWay && Posix.Status(NewPlace(site)) is not null)
            return;
        if (Find(site) is not { } old)
        {
            // Nothing to exchange it with any more: somebody has removed the old tree.
            if (underWay)
                File.Delete(NewPlace(site));
            return;
        }
        if (!underWay)
            await run.Effects.Do(
                Effect.TreeLink,
                $"preparing the move of {old} to {NewPlace(site)}",
                () => File.CreateSymbolicLink(NewPlace(site), site.Key)
            );
        await run.Effects.Do(
            Effect.TreeExchange,
            $"moving {old} to {NewPlace(site)}",
            () =>
            {
                Posix.Exchange(old, NewPlace(site));
                Posix.SyncDirectory(options.SitesDirectory);
            }
        );
    }

    /// <summary>Removes the links that a move left under the site's names.</summary>
    public async Task RemoveLinks(TaskRun run, HostedSite site)
    {
        // Also under a name that the website has no more.
        foreach (var place in Directory.GetFileSystemEntries(options.SitesDirectory).Where(IsUnderADomain))
        {
            if (Posix.LinkText(place) == site.Key)
                await run.Effects.Do(Effect.TreeUnlink, $"removing the link {place}", () => DurableFile.Delete(place));
        }
    }

    // A directory without our marker under a domain is somebody else's and in nobody's way.
    private string? Find(HostedSite site) =>
        site.Spec.Names.Select(n => Path.Combine(options.SitesDirectory, n.Name)).FirstOrDefault(p => IsOf(p, site.WebsiteId))
        ?? Stray(options, site);

    /// <summary>The tree of a website that was renamed before its first task here, under a name that its specification no longer has; or null.</summary>
    public static string? Stray(AgentOptions options, HostedSite site) =>
        Posix.Status(Path.Combine(options.SitesDirectory, site.Key)) is { Kind: FileKind.Directory }
            ? null
            : Directory.GetDirectories(options.SitesDirectory).FirstOrDefault(p => IsUnderADomain(p) && IsOf(p, site.WebsiteId));

    // Thousands of others are under their ids: a name is enough to pass them by.
    private static bool IsUnderADomain(string place) => Path.GetFileName(place).IndexOf('.', StringComparison.Ordinal) > 0;

    private static bool IsOf(string place, long websiteId) =>
        Posix.Status(place) is { Kind: FileKind.Directory } && SiteMarker.Read(place)?.WebsiteId == websiteId;

    private string NewPlace(HostedSite site) => Path.Combine(options.SitesDirectory, site.Key);
}
