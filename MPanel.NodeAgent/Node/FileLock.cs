using Microsoft.Win32.SafeHandles;

namespace MPanel.NodeAgent.Node;

/// <summary>An exclusive lock among processes. The kernel drops it when its holder dies, however it dies.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Null when another process holds it.</summary>
    public static FileLock? TryTake(string path) => Posix.OpenLocked(path) is { } file ? new FileLock(file) : null;

    public void Dispose() => _file.Dispose();
}
