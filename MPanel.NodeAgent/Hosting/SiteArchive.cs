using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Facts">Null when none is kept.</param>
/// <param name="Failure">Why there is none that should be.</param>
internal sealed record KeptArchive(ArchiveFacts? Facts, TaskFailure? Failure);

/// <summary>
/// Archives of suspended websites, <c>archives/&lt;id&gt;-&lt;revision&gt;.tar.gz</c> in the state directory. Nobody of the site's user runs then, so the
/// files stand still. Written aside, read back and compared with the files, synced, renamed.
/// </summary>
internal sealed class SiteArchive(AgentOptions options)
{
    private const string Tar = "/usr/bin/tar";
    private const string Du = "/usr/bin/du";

    // Left free beside an archive: for the ledger, the logs and what the agent keeps.
    private const long Spare = 16 * 1024 * 1024;
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private readonly string _directory = Path.Combine(options.StateDirectory, "archives");

    public bool Stands(ArchiveFacts facts) => new FileInfo(PathOf(facts)) is { Exists: true } file && file.Length == facts.Bytes;

    /// <summary>Every byte is what it was.</summary>
    public async Task<bool> IsUnharmed(ArchiveFacts facts, CancellationToken cancelled) =>
        Stands(facts) && await Sha256Of(PathOf(facts), cancelled) == facts.Sha256;

    public async Task<KeptArchive> Make(TaskRun run, HostedSite site)
    {
        var (aside, name) = (Path.Combine(_directory, $"{site.WebsiteId}.tmp"), $"{site.WebsiteId}-{site.Spec.Revision}.tar.gz");
        try
        {
            Directory.CreateDirectory(_directory, RootOnly);
            // What an earlier attempt has left would count twice.
            File.Delete(aside);
            if (await NoRoom(site, run.Cancelled) is { } full)
                return full;
            if (
                await run.Effects.Do(
                    Effect.ArchiveWrite,
                    $"archiving the files of {site.Primary}",
                    () => Write(site, aside, run.Cancelled)
                ) is
                { } unwritten
            )
                return Failed(unwritten);
            if (
                await run.Effects.Do(
                    Effect.ArchiveVerify,
                    "comparing the archive with the files",
                    () => Compare(site, aside, run.Cancelled)
                ) is
                { } different
            )
                return Failed(different);
            var facts = new ArchiveFacts(name, new FileInfo(aside).Length, await Sha256Of(aside, run.Cancelled));
            await run.Effects.Do(Effect.ArchiveRename, $"keeping it as {name}", () => Keep(site, aside, facts));
            return new KeptArchive(facts, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Failed(e.Message);
        }
        finally
        {
            TryDelete(aside);
        }
    }

    /// <summary>Brings public/ back into a directory that only root can enter.</summary>
    public async Task<TaskFailure?> Restore(TaskRun run, ArchiveFacts facts, string directory)
    {
        if (!await IsUnharmed(facts, run.Cancelled))
            return new TaskFailure("archive_failed", $"The directory is gone, and the archive {facts.Name} is not what it was.");
        string[] arguments =
        [
            "--extract",
            "--gzip",
            "--file",
            PathOf(facts),
            "--directory",
            directory,
            "--numeric-owner",
            "--same-owner",
            "--preserve-permissions",
        ];
        var end = await run.Effects.Do(
            Effect.TreeRestore,
            $"the directory is gone, restoring it from {facts.Name}",
            () =>
                ExternalProgram.Run(
                    Tar,
                    options.SystemUsers ? arguments : [.. arguments, "--no-same-owner"],
                    Bound,
                    cancellationToken: run.Cancelled
                )
        );
        return end.ExitCode == 0 ? null : new TaskFailure("archive_failed", $"tar ended with {end.ExitCode}: {end.Said}");
    }

    /// <summary>No archive of the website is left.</summary>
    public async Task Erase(TaskRun run, HostedSite site)
    {
        if (Of(site).Count > 0)
            await run.Effects.Do(
                Effect.ArchiveErase,
                $"removing the archive of {site.Primary}",
                () => Of(site).ForEach(DurableFile.Delete)
            );
    }

    /// <summary>Paths of all archives of the website, unfinished ones too.</summary>
    public List<string> Of(HostedSite site) =>
        Directory.Exists(_directory)
            ? [.. Directory.GetFiles(_directory, $"{site.WebsiteId}-*.tar.gz"), .. Directory.GetFiles(_directory, $"{site.WebsiteId}.tmp")]
            : [];

    // A disk that an archive has filled stops everybody else on it: that is looked at before. The files may be such that nothing is compressed.
    private async Task<KeptArchive?> NoRoom(HostedSite site, CancellationToken cancelled)
    {
        string[] arguments =
        [
            "--summarize",
            "--block-size=1",
            "--one-file-system",
            "--",
            Path.Combine(options.SitesDirectory, site.Key, "public"),
        ];
        var end = await ExternalProgram.Run(Du, arguments, Bound, cancellationToken: cancelled);
        if (end.ExitCode != 0 || !long.TryParse(end.Output.Split('\t')[0], CultureInfo.InvariantCulture, out var needed))
            return Failed($"The size of its files can't be told: {end.Said}");
        var free = new DriveInfo(_directory).AvailableFreeSpace;
        return needed + Spare <= free
            ? null
            : new KeptArchive(
                null,
                new TaskFailure(
                    "archive_no_room",
                    $"The archive isn't begun; the website stays suspended. It may take {Mebibytes(needed + Spare)} MiB, and {_directory} has {Mebibytes(free)} MiB free."
                )
            );
    }

    private static string Mebibytes(long bytes) => (bytes / (1024.0 * 1024)).ToString("N1", CultureInfo.InvariantCulture);

    private async Task<string?> Write(HostedSite site, string aside, CancellationToken cancelled)
    {
        // Made before tar opens it, so that it is nobody else's to read at any moment.
        DurableFile.WriteAside(aside, [], DurableFile.Private);
        var end = await ExternalProgram.Run(Tar, ["--gzip", .. Arguments(site, aside)], Bound, cancellationToken: cancelled);
        return end.ExitCode == 0 ? null : $"tar ended with {end.ExitCode}: {end.Said}";
    }

    // tar --compare opens each file by its whole path, and a tenant can make paths that are too long for that. The files are read once more
    // instead: of files that stand still tar writes the same bytes.
    private async Task<string?> Compare(HostedSite site, string aside, CancellationToken cancelled)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(Bound);
        await using var file = File.OpenRead(aside);
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        var kept = Convert.ToHexStringLower(await SHA256.HashDataAsync(plain, limit.Token));
        string? fresh = null;
        var end = await ExternalProgram.Run(
            Tar,
            Arguments(site, "-"),
            Bound,
            take: async files => fresh = Convert.ToHexStringLower(await SHA256.HashDataAsync(files, cancelled)),
            cancellationToken: cancelled
        );
        return end.ExitCode != 0 ? $"tar ended with {end.ExitCode}: {end.Said}"
            : kept == fresh ? null
            : "The files have changed while they were archived, or the archive is damaged.";
    }

    // Links stay links, what is mounted in there is not ours, and holes take no room.
    private string[] Arguments(HostedSite site, string file) =>
        [
            "--create",
            "--file",
            file,
            "--directory",
            Path.Combine(options.SitesDirectory, site.Key),
            "--format=gnu",
            "--one-file-system",
            "--numeric-owner",
            "--sparse",
            "--sort=name",
            "--warning=no-file-ignored",
            "--",
            "public",
        ];

    private void Keep(HostedSite site, string aside, ArchiveFacts facts)
    {
        using (var file = new FileStream(aside, FileMode.Open, FileAccess.ReadWrite))
            file.Flush(flushToDisk: true);
        DurableFile.Rename(aside, PathOf(facts));
        foreach (var earlier in Of(site).Where(p => p != PathOf(facts)))
            DurableFile.Delete(earlier);
    }

    private static async Task<string> Sha256Of(string path, CancellationToken cancelled)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancelled));
    }

    // What is left is removed by the next attempt.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static KeptArchive Failed(string why) =>
        new(null, new TaskFailure("archive_failed", $"The archive can't be made; the website stays suspended. {why}"));

    private string PathOf(ArchiveFacts facts) => Path.Combine(_directory, Path.GetFileName(facts.Name));

    private TimeSpan Bound => TimeSpan.FromSeconds(options.ArchiveSeconds);
}
