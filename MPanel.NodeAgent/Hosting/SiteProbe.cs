using System.Net;
using MPanel.NodeAgent.Nginx;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Asks the node's nginx over HTTP what it serves for a name, at every address it listens on.</summary>
internal sealed class SiteProbe(NginxLayout layout, NginxVisitor visitor, TimeProvider time)
{
    private const string Path = "/.well-known/mpanel-site";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until every name answers with this configuration. Null, or what was last heard instead.</summary>
    public async Task<string?> WaitFor(IEnumerable<string> names, string hash, TimeSpan bound, CancellationToken cancelled)
    {
        foreach (var name in names)
        foreach (var address in layout.Addresses)
        {
            var since = time.GetTimestamp();
            while (await Objection(name, hash, address, cancelled) is { } objection)
            {
                if (time.GetElapsedTime(since) >= bound)
                    return $"{name} {objection}";
                await Task.Delay(Pause, time, cancelled);
            }
        }
        return null;
    }

    /// <summary>The status of the site's first page, 0 when there was no answer.</summary>
    public async Task<int> FrontPage(string name, CancellationToken cancelled) => (await visitor.Get(name, "/", cancelled)).Status;

    private async Task<string?> Objection(string name, string hash, string address, CancellationToken cancelled)
    {
        var (status, text, _) = await visitor.Get(name, Path, cancelled, address);
        if (status == (int)HttpStatusCode.OK && text.Contains($"config: {hash}\n", StringComparison.Ordinal))
            return null;
        return status switch
        {
            0 => $"does not answer on {address}: {text}",
            (int)HttpStatusCode.OK => "still answers with another configuration",
            _ => $"answers with status {status}",
        };
    }
}
