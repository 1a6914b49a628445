using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>What a website has outside of nginx's configuration is taken away, and then looked for.</summary>
internal sealed class SiteEraser(
    AgentOptions options,
    Ledger ledger,
    NodeLock node,
    Generations generations,
    SiteUser user,
    SiteProcesses processes,
    SiteArchive archive,
    NginxVisitor visitor
)
{
    private const string Rm = "/usr/bin/rm";
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private readonly string _removed = Path.Combine(options.SitesDirectory, ".removed");

    /// <param name="Gone">What was looked for and is not there, a line each.</param>
    /// <param name="Left">What is.</param>
    internal sealed record Found(string[] Gone, string[] Left);

    /// <summary>The directories that are this website's, wherever a release has put them.</summary>
    public IReadOnlyList<string> TreesOf(HostedSite site) =>
        [
            .. site
                .Spec.Names.Select(n => n.Name)
                .Where(DomainSyntax.IsValid)
                .Append(site.Key)
                .Select(n => Path.Combine(options.SitesDirectory, n))
                .Where(p => Posix.Status(p) is { Kind: FileKind.Directory } && SiteMarker.Read(p)?.WebsiteId == site.WebsiteId)
                .Concat(FirstReleaseTree.Stray(options, site) is { } stray ? [stray] : [])
                .Distinct(),
        ];

    /// <summary>One of its directories was made for another installation of the panel, to which the id means another website.</summary>
    public bool OfOtherInstallation(HostedSite site) =>
        TreesOf(site)
            .Select(SiteMarker.Read)
            .Any(m => m is not null && m.Epoch != Guid.Empty && site.Spec.Epoch != Guid.Empty && m.Epoch != site.Spec.Epoch);

    public async Task Erase(TaskRun run, HostedSite site)
    {
        if (options.SystemUsers)
        {
            await run.Effects.Do(Effect.ProcessesEnd, $"ending the processes of {site.User}", () => processes.End(site.Uid, run.Cancelled));
            if (
                await run.Effects.Do(Effect.UserDelete, $"deleting the user {site.User}", () => user.Delete(site, run.Cancelled)) is
                { } objection
            )
                run.Log.Warn(objection);
        }
        await run.Effects.Do(Effect.TreeAside, "taking the directory out of the way", () => TakeAside(run, site));
        if (await run.Effects.Do(Effect.TreeErase, "erasing the directory", () => EraseAside(site, run.Cancelled)) is { } unerased)
            run.Log.Warn(unerased);
        // While the tree stands it is what the next attempt asks for.
        if (TreesOf(site).Count == 0)
            await run.Effects.Do(Effect.ArchiveErase, "erasing the archive", () => archive.Of(site).ForEach(DurableFile.Delete));
    }

    public async Task<Found> Look(HostedSite site, IReadOnlyList<string> names, CancellationToken cancelled)
    {
        var (gone, left) = (new List<string>(), new List<string>());
        if (options.SystemUsers)
        {
            var leftUsers = await user.Left(site);
            Add(leftUsers, $"no user or group {site.User}, no user id {site.Uid}");
            Add([.. SiteProcesses.Of(site.Uid).Select(p => $"process {p} of user id {site.Uid}")], "no process");
        }
        Add([.. TreesOf(site).Concat(AsideOf(site)).Concat(LinksTo(site))], $"no directory and no link to {site.Key}");
        Add(archive.Of(site), "no archive");
        using (await node.Take(cancelled))
            Add(generations.Naming(site.Key), "no name in nginx's maps");
        foreach (var name in names)
            Add(await Answer(site, name, cancelled), $"{name} is not answered");
        return new Found([.. gone], [.. left]);

        void Add(IReadOnlyCollection<string> found, string absent)
        {
            if (found.Count == 0)
                gone.Add(absent);
            else
                left.AddRange(found);
        }
    }

    // Root's rename of root's directory: what the tenant has below it does not matter. Nobody else can enter where it goes.
    private void TakeAside(TaskRun run, HostedSite site)
    {
        Directory.CreateDirectory(_removed, RootOnly);
        foreach (var link in LinksTo(site))
            DurableFile.Delete(link);
        foreach (var tree in TreesOf(site))
        {
            var aside = Path.Combine(_removed, $"{site.WebsiteId}-{Guid.NewGuid():N}");
            if (!Posix.RenameNew(tree, aside))
                run.Log.Warn($"{tree} can't be moved to {aside}");
        }
        Posix.SyncDirectory(options.SitesDirectory);
    }

    private async Task<string?> EraseAside(HostedSite site, CancellationToken cancelled)
    {
        var bound = TimeSpan.FromSeconds(options.ArchiveSeconds);
        foreach (var aside in AsideOf(site))
        {
            var end = await ExternalProgram.Run(Rm, ["-rf", "--one-file-system", "--", aside], bound, cancellationToken: cancelled);
            if (end.ExitCode != 0)
                return $"rm ended with {end.ExitCode}: {end.Said}";
        }
        return null;
    }

    private string[] AsideOf(HostedSite site) =>
        Directory.Exists(_removed) ? Directory.GetFileSystemEntries(_removed, $"{site.WebsiteId}-*") : [];

    private IReadOnlyList<string> LinksTo(HostedSite site) =>
        [.. Directory.GetFileSystemEntries(options.SitesDirectory).Where(p => Posix.LinkText(p) == site.Key)];

    // Another website may have the name by now.
    private async Task<string[]> Answer(HostedSite site, string name, CancellationToken cancelled)
    {
        long? owner;
        using (await node.Take(cancelled))
            owner = ledger.OwnerOf(name);
        var answer = await visitor.Get(name, "/.well-known/mpanel-site", cancelled);
        var ours = answer.Text.StartsWith($"website: {site.WebsiteId}\n", StringComparison.Ordinal);
        var silent = answer.HungUp || owner is not null || !options.NginxManaged;
        return ours || !silent ? [$"{name} is answered with status {answer.Status}"] : [];
    }
}
