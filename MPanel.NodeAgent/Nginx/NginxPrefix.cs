using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Lays out the directories.</summary>
internal sealed class NginxPrefix(AgentOptions options, NginxLayout layout, Generations generations, Ledger ledger)
{
    private const UnixFileMode Traversable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Private = (UnixFileMode)0b111_000_000;

    /// <exception cref="IOException">A directory cannot be made, or others may write to it.</exception>
    public void Prepare()
    {
        Ensure(options.StateDirectory, Private);
        Ensure(options.SitesDirectory, Traversable);
        if (options.NginxManaged)
        {
            foreach (var name in new[] { "", "conf", "logs", "temp", "sites" })
                Ensure(Path.Combine(layout.Prefix, name), Traversable);
            NginxLogFile.Ensure(Path.Combine(layout.LogDirectory, "error.log"));
        }
        Ensure(layout.LogDirectory, Traversable);
        CloseLogs(layout.LogDirectory);
        NginxLogFile.Ensure(layout.AccessLog);
        Ensure(layout.AcmeDirectory, Traversable);
        Ensure(layout.VhostDirectory, Traversable);
        Ensure(layout.WorkDirectory, Private);
        Ensure(layout.TrafficDirectory, Private);
        ledger.Prepare();
        generations.Prepare();
    }

    // A log that nginx makes anew after a rotation can be read by everybody who comes to it: only nginx's workers pass.
    private void CloseLogs(string directory)
    {
        if (Posix.EffectiveUser() != 0 || WebGroup() is not { } group)
            return;
        Posix.ChangeOwner(directory, 0, group);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_000);
    }

    private uint? WebGroup() =>
        File.ReadLines("/etc/group").Select(l => l.Split(':')).FirstOrDefault(f => f.Length > 2 && f[0] == options.WebGroup) is { } group
        && uint.TryParse(group[2], out var id)
            ? id
            : null;

    private static void Ensure(string directory, UnixFileMode mode)
    {
        if (!Directory.Exists(directory))
            Directory.CreateDirectory(directory, mode);
        if (Posix.Status(directory) is not { Kind: FileKind.Directory, OnlyOursToWrite: true })
            throw new IOException($"{directory} must be a directory, no link, that only the agent's own user can write to.");
    }
}
