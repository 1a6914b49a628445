using System.Text;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// The file by which nginx comes to the live generation: a managed nginx's main configuration, or the one file that the host's includes. And
/// the vhosts of the first release, which go when their websites are served from the generation.
/// </summary>
internal sealed class MainConfig(AgentOptions options, NginxLayout layout, Generations generations, Ledger ledger)
{
    private readonly string _aside = Path.Combine(layout.WorkDirectory, "aside");

    private string File => options.NginxManaged ? layout.MainConfig : layout.HostConfig;

    private string Text =>
        options.NginxManaged
            ? layout.MainText(layout.CurrentGeneration)
            : $"# Written by the MPanel agent; changes here are lost.\ninclude {layout.CurrentGeneration}/http.inc;\n";

    public bool IsInPlace => System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) == Text;

    /// <summary>After the link to the generation, which it names. Without a generation the host's nginx would miss the file that it names.</summary>
    public void Write()
    {
        if (!options.NginxManaged && generations.Current() is null)
            DurableFile.Delete(File);
        else if (!IsInPlace)
            DurableFile.Write(File, Encoding.UTF8.GetBytes(Text), DurableFile.Public);
    }

    /// <summary>Host's nginx only: out of its sight, until it is clear that the generation stands.</summary>
    public void TakeAside(string vhost)
    {
        Directory.CreateDirectory(_aside);
        Posix.Rename(vhost, Path.Combine(_aside, Path.GetFileName(vhost)));
    }

    /// <summary>Puts back what was taken aside for a generation that does not stand.</summary>
    /// <param name="all">False after a kill: then the start serves from the generation what the ledger has.</param>
    public void BringBack(bool all)
    {
        if (!Directory.Exists(_aside))
            return;
        foreach (var file in Directory.GetFiles(_aside))
        {
            var id = ForeignFiles.WebsiteOfText(System.IO.File.ReadAllText(file));
            if (all || id is null || !ledger.Replaces(id.Value))
                Posix.Rename(file, Path.Combine(layout.VhostDirectory, Path.GetFileName(file)));
        }
    }

    /// <summary>Vhosts of the first release whose websites the generation serves.</summary>
    public void Discard(IEnumerable<string> vhosts)
    {
        foreach (var vhost in vhosts)
            DurableFile.Delete(vhost);
        BringBack(all: false);
        if (Directory.Exists(_aside))
            Directory.Delete(_aside, recursive: true);
    }
}
