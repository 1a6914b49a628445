namespace MPanel.NodeAgent.Nginx;

/// <summary>A log that nginx goes on with: by itself it would make one that every site's user can read.</summary>
internal static class NginxLogFile
{
    private const UnixFileMode OwnersLog = (UnixFileMode)0b110_100_000;

    public static void Ensure(string path)
    {
        using (
            new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.Write,
                    // nginx, and an agent beside this one, have it open.
                    Share = FileShare.ReadWrite,
                    UnixCreateMode = OwnersLog,
                }
            )
        )
            File.SetUnixFileMode(path, OwnersLog);
    }
}
