using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MPanel.NodeAgent.Node;

/// <summary>The system calls .NET has no name for. Only constants and layouts that are alike on every architecture.</summary>
internal static partial class Posix
{
    public const int SigHup = 1;
    public const int SigQuit = 3;
    public const int SigKill = 9;
    public const int SigUsr1 = 10;
    public const int SigTerm = 15;
    public const int ErrorExists = 17;

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int NoReplace = 1;
    private const int ExchangeBoth = 2;
    private const int CloseOnExec = 0x80000;
    private const int WriteCreate = 1 | 0x40;
    private const int ReadWriteCreate = 2 | 0x40;
    private const int WouldBlock = 11;

    /// <summary>What stands at a path itself, links not followed; null when nothing does.</summary>
    public static FileStatus? Status(string path)
    {
        var found = statx(CurrentDirectory, path, NoFollow, BasicStats, out var status);
        if (found == 0)
            return new FileStatus(status.User, status.Group, (UnixFileMode)(status.Mode & 0xfff), (FileKind)(status.Mode & 0xf000));
        var error = Marshal.GetLastPInvokeError();
        return error is 2 or 20 ? null : throw Failure($"look at {path}", error);
    }

    /// <summary>Which file a path leads to, links followed; null when there is none.</summary>
    public static FileIdentity? Identity(string path) =>
        statx(CurrentDirectory, path, 0, BasicStats, out var status) == 0
            ? new FileIdentity(status.DeviceMajor, status.DeviceMinor, status.Inode)
            : null;

    /// <summary>Makes one directory, and none above it: false when the one above has gone, or something stands there.</summary>
    public static bool MakeDirectory(string path, UnixFileMode mode) => mkdir(path, (uint)mode) == 0;

    /// <summary>
    /// Opens a file for writing and makes it if it is missing, for its owner alone. Without the lock of .NET's, which whoever may read the file can keep.
    /// The caller knows that nobody else can change the path.
    /// </summary>
    public static SafeFileHandle OpenForWriting(string path) => Opened(path, WriteCreate);

    /// <summary>As <see cref="OpenForWriting"/>, of a file that is there.</summary>
    public static SafeFileHandle OpenForReading(string path) => Opened(path, 0);

    public static void ChangeOwner(string path, uint user, uint group) => Check(lchown(path, user, group), $"change the owner of {path}");

    /// <summary>Renames, unless something stands there already: then false.</summary>
    public static bool RenameNew(string from, string to)
    {
        if (renameat2(CurrentDirectory, from, CurrentDirectory, to, NoReplace) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == ErrorExists ? false : throw Failure($"rename {from} to {to}", error);
    }

    /// <summary>Renames, over whatever stands there; a link at either end is renamed itself.</summary>
    public static void Rename(string from, string to) =>
        Check(renameat2(CurrentDirectory, from, CurrentDirectory, to, 0), $"rename {from} to {to}");

    /// <summary>Each takes the other's place, in one step: nobody ever finds one of them missing.</summary>
    public static void Exchange(string one, string other) =>
        Check(renameat2(CurrentDirectory, one, CurrentDirectory, other, ExchangeBoth), $"exchange {one} and {other}");

    /// <summary>What a symbolic link says, or null when none stands there.</summary>
    public static string? LinkText(string path) => Status(path) is { Kind: FileKind.Link } ? new FileInfo(path).LinkTarget : null;

    /// <summary>Makes what was created, renamed or removed in the directory survive a power cut.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = open(path, CloseOnExec, 0);
        Check(descriptor, $"open {path}");
        try
        {
            Check(fsync(descriptor), $"sync {path}");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>All that was written to the file system that holds a directory survives a power cut.</summary>
    public static void SyncFileSystem(string directory)
    {
        using var opened = Opened(directory, 0);
        Check(syncfs((int)opened.DangerousGetHandle()), $"sync the file system of {directory}");
    }

    /// <summary>Opens a file, made if missing, and takes an exclusive lock on it without waiting. Null when another holder has it.</summary>
    public static SafeFileHandle? OpenLocked(string path)
    {
        // Not by File.Open, which takes a shared lock of its own and throws where another holds an exclusive one.
        var descriptor = open(path, ReadWriteCreate | CloseOnExec, 0b110_000_000);
        Check(descriptor, $"open {path}");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (flock(descriptor, 2 | 4) == 0)
            return file;
        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == WouldBlock ? null : throw Failure($"lock {path}", error);
    }

    /// <returns>False when there is no such process or it is somebody else's.</returns>
    public static bool Signal(int process, int signal) => kill(process, signal) == 0;

    public static uint EffectiveUser() => geteuid();

    private static SafeFileHandle Opened(string path, int flags)
    {
        var descriptor = open(path, flags | CloseOnExec, 0b110_000_000);
        Check(descriptor, $"open {path}");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
            throw Failure(what, Marshal.GetLastPInvokeError());
    }

    private static IOException Failure(string what, int error) => new($"Could not {what}: {new Win32Exception(error).Message}.");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out RawStatus status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int descriptor, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    // struct statx is the same on every architecture, which struct stat is not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
