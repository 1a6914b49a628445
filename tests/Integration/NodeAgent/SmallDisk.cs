namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>A directory with a disk of its own, in memory, until it is disposed.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    public static async Task<SmallDisk> On(string directory, int megabytes)
    {
        Directory.CreateDirectory(directory);
        await NodeState.Run("/usr/bin/mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "mpanel-test", directory);
        return new SmallDisk(directory);
    }

    // Lazily: a program that still looks into it must not keep it.
    public async ValueTask DisposeAsync() => await NodeState.Run("/usr/bin/umount", "--lazy", _directory);
}
