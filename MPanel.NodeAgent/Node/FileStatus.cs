namespace MPanel.NodeAgent.Node;

internal enum FileKind
{
    Directory = 0x4000,
    Regular = 0x8000,
    Link = 0xa000,
}

/// <summary>The same for two paths that lead to one file.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode);

/// <param name="Mode">Permission bits with set-user, set-group and sticky.</param>
internal sealed record FileStatus(uint User, uint Group, UnixFileMode Mode, FileKind Kind)
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Nobody but the agent's own user can have changed it.</summary>
    public bool OnlyOursToWrite => User == Posix.EffectiveUser() && (Mode & OthersWrite) == 0;
}
