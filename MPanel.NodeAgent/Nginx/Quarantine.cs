using System.Globalization;
using System.Text;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>
/// Foreign files that nginx can't read: one broken file never keeps a node dark. They stay where they are and are left out, by a note of their
/// name in <c>.quarantine/</c>. nginx may have been wrong about them, as while names can't be resolved: each is tried again when it has changed, after an
/// hour, at the agent's start, and when a person deletes the note.
/// </summary>
internal sealed partial class Quarantine(NginxLayout layout, TimeProvider time, ILogger<Quarantine> logger)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);
    private readonly string _directory = Path.Combine(layout.VhostDirectory, ".quarantine");

    /// <summary>Names of the files that are left out.</summary>
    public IReadOnlyList<string> Files =>
        Directory.Exists(_directory)
            ? [.. Directory.GetFiles(_directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
            : [];

    public bool Holds(string path) => File.Exists(NoteOf(path));

    public void Take(string path, string said)
    {
        Directory.CreateDirectory(_directory, RootOnly);
        DurableFile.WriteAside(NoteOf(path), Encoding.UTF8.GetBytes($"{StampOf(path)}\n{said}\n"), DurableFile.Private);
        LogTaken(path, said);
    }

    /// <summary>Lets those go that are to be tried again.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Release(bool all)
    {
        try
        {
            var due = Files.Where(name => all || IsDue(name)).ToList();
            foreach (var name in due)
                File.Delete(Path.Combine(_directory, name));
            return due.Count > 0;
        }
        catch (IOException)
        {
            // A person deletes them at this moment.
            return false;
        }
    }

    private bool IsDue(string name)
    {
        var note = new FileInfo(Path.Combine(_directory, name));
        return time.GetUtcNow() - note.LastWriteTimeUtc > Rest
            || File.ReadLines(note.FullName).FirstOrDefault() != StampOf(Path.Combine(layout.VhostDirectory, name));
    }

    private static string StampOf(string path) =>
        new FileInfo(path) is { Exists: true } file
            ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks} {file.Length}")
            : "gone";

    private string NoteOf(string path) => Path.Combine(_directory, Path.GetFileName(path));

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "nginx can't read {File}, which is not the agent's: it is left out, and everything else is served. nginx says: {Said}"
    )]
    private partial void LogTaken(string file, string said);
}
