using System.Text.RegularExpressions;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <param name="Path">Of a file <c>*.conf</c> beside ours.</param>
/// <param name="WebsiteId">Of a file that an agent of the first release wrote: whose it is; otherwise null.</param>
internal sealed record ForeignFile(string Path, long? WebsiteId);

/// <summary>What else stands in the vhost directory: an operator's files, and the vhosts of the first release.</summary>
internal sealed partial class ForeignFiles(NginxLayout layout)
{
    // What the first release wrote before a website's names, and a hundred of these.
    private const int MostRead = 32 * 1024;
    private static readonly char[] Blanks = [' ', '\t', '\n'];

    /// <summary>Those whose name can stand in a configuration, in the order in which nginx would read them.</summary>
    public IReadOnlyList<ForeignFile> All() =>
        [
            .. Directory
                .GetFiles(layout.VhostDirectory, "*.conf")
                .Where(f => f != layout.HostConfig && Plain().IsMatch(Path.GetFileName(f)))
                .Order(StringComparer.Ordinal)
                .Select(f => new ForeignFile(f, WebsiteOf(f))),
        ];

    /// <summary>Whose a vhost of the first release is, by its first line; null when it is not one.</summary>
    public static long? WebsiteOfText(string text) =>
        FirstLine().Match(text) is { Success: true } match && long.TryParse(match.Groups[1].Value, out var id) ? id : null;

    private static long? WebsiteOf(string path)
    {
        // A pipe would keep the agent waiting for ever.
        if (Posix.Status(path) is not { Kind: FileKind.Regular })
            return null;
        using var file = new StreamReader(path);
        var buffer = new char[MostRead];
        var start = new string(buffer, 0, file.ReadBlock(buffer));
        // A copy that an operator has made of one under another name is the operator's.
        return
            Names().Match(start) is { Success: true } names
            && names.Groups[1].Value.Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Contains(Path.GetFileNameWithoutExtension(path))
            ? WebsiteOfText(start)
            : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*\.conf\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^\s*server_name\s+([^;]*);", RegexOptions.Multiline)]
    private static partial Regex Names();

    [GeneratedRegex(@"\A# MPanel website ([0-9]{1,18})\n")]
    private static partial Regex FirstLine();
}
