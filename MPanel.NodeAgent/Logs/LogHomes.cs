using System.Globalization;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Logs;

/// <param name="Site">Whose; <see cref="AccessLine.NoSite"/> for the node's own.</param>
/// <param name="Group">Who may read in it; null for nobody but the agent's own user.</param>
internal sealed record LogHome(long Site, string Directory, uint? Group)
{
    public string Current => Path.Combine(Directory, "access.log");
}

/// <summary>
/// Where access logs are kept: <c>logs/</c> in a website's directory. It is root's, as is the directory above it: its owner reads there and can change
/// nothing, so that root can write by path.
/// </summary>
internal sealed class LogHomes(AgentOptions options, NginxLayout layout)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private const UnixFileMode GroupEnters = (UnixFileMode)0b111_101_000;
    private const UnixFileMode GroupReads = (UnixFileMode)0b110_100_000;
    private const string Name = "logs";

    public LogHome Of(long site) =>
        site == AccessLine.NoSite
            ? new LogHome(site, Path.Combine(layout.LogDirectory, "unknown"), null)
            : new LogHome(
                site,
                Path.Combine(options.SitesDirectory, HostedSite.KeyOf(site), Name),
                options.SystemUsers ? (uint)(options.UidBase + site) : null
            );

    /// <summary>Those that are there.</summary>
    public IReadOnlyList<LogHome> All() =>
        [
            .. Directory
                .GetDirectories(options.SitesDirectory, "s*")
                .Select(SiteOf)
                .OfType<long>()
                .Append(AccessLine.NoSite)
                .Select(Of)
                .Where(home => IsOurs(home.Directory)),
        ];

    /// <returns>False when there is no directory of the website, or none that only the agent can change.</returns>
    public static bool Ensure(LogHome home)
    {
        if (!IsOurs(Path.GetDirectoryName(home.Directory)!))
            return false;
        // Not with what is above it, which may be taken away at this moment.
        if (Posix.Status(home.Directory) is null && !Posix.MakeDirectory(home.Directory, RootOnly))
            return false;
        return IsOurs(home.Directory) && Hand(home.Directory, home.Group, GroupEnters);
    }

    /// <summary>Gives a file of the agent's to those who may read it.</summary>
    public static bool HandFile(string path, uint? group) => Hand(path, group, GroupReads);

    private static bool Hand(string path, uint? group, UnixFileMode mode)
    {
        if (Posix.Status(path) is not { } status)
            return false;
        if (group is { } reader && status.Group != reader)
            Posix.ChangeOwner(path, status.User, reader);
        if (status.Mode != mode)
            File.SetUnixFileMode(path, mode);
        return true;
    }

    private static long? SiteOf(string directory) =>
        long.TryParse(Path.GetFileName(directory).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var site) && site > 0
            ? site
            : null;

    private static bool IsOurs(string directory) => Posix.Status(directory) is { Kind: FileKind.Directory, OnlyOursToWrite: true };
}
