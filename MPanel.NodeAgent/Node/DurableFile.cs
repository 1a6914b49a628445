namespace MPanel.NodeAgent.Node;

/// <summary>Files that are there whole or not at all, even after a kill or a power cut.</summary>
internal static class DurableFile
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces the file. The new content is first written beside it, under the same name with <c>.tmp</c>.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var aside = path + ".tmp";
        try
        {
            WriteAside(aside, content, mode);
            Rename(aside, path);
        }
        catch (IOException)
        {
            // A full disk is left no fuller.
            Discard(aside);
            throw;
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing can be written at all: what stands there is overwritten by the next one of its name.
        }
    }

    /// <summary>Writes and syncs a file whose name does not matter yet.</summary>
    public static void WriteAside(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // Removed first, so that a left-over's mode, owner or link target never becomes the new file's.
        File.Delete(path);
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
            }
        );
        file.Write(content);
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        file.Flush(flushToDisk: true);
    }

    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(to)!);
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
