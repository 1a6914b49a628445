using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Foreign files that nginx can't read: one broken file never keeps a node dark. A person mends them and moves them back, or deletes them.</summary>
internal sealed partial class Quarantine(NginxLayout layout, ILogger<Quarantine> logger)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private readonly string _directory = Path.Combine(layout.VhostDirectory, ".quarantine");

    /// <summary>Names of the files in there.</summary>
    public IReadOnlyList<string> Files =>
        Directory.Exists(_directory)
            ? [.. Directory.GetFiles(_directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
            : [];

    public void Take(string path, string said)
    {
        Directory.CreateDirectory(_directory, RootOnly);
        var place = Path.Combine(_directory, Path.GetFileName(path));
        for (var i = 1; !Posix.RenameNew(path, place); i++)
            place = Path.Combine(_directory, $"{Path.GetFileName(path)}.{i}");
        LogTaken(path, place, said);
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "nginx can't read {File}, which is not the agent's: it was moved to {Place}, and everything else is served. nginx says: {Said}"
    )]
    private partial void LogTaken(string file, string place, string said);
}
