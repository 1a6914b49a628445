using System.Text;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Lays out the directories and, for a managed nginx, its main configuration.</summary>
internal sealed class NginxPrefix(AgentOptions options, NginxLayout layout)
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
        }
        Ensure(layout.VhostDirectory, Traversable);
        Ensure(layout.WorkDirectory, Private);
        if (options.NginxManaged)
            WriteMainConfig();
    }

    private void WriteMainConfig()
    {
        var config = Template
            .Read("nginx.conf")
            .Fill(
                ("user", Posix.EffectiveUser() == 0 ? $"user {options.WebGroup};\n" : ""),
                ("prefix", layout.Prefix),
                ("listen", layout.Listen)
            );
        if (File.Exists(layout.MainConfig) && File.ReadAllText(layout.MainConfig) == config)
            return;
        DurableFile.Write(layout.MainConfig, Encoding.UTF8.GetBytes(config), DurableFile.Public);
    }

    private static void Ensure(string directory, UnixFileMode mode)
    {
        if (!Directory.Exists(directory))
            Directory.CreateDirectory(directory, mode);
        if (Posix.Status(directory) is not { Kind: FileKind.Directory, OnlyOursToWrite: true })
            throw new IOException($"{directory} must be a directory, no link, that only the agent's own user can write to.");
    }
}
