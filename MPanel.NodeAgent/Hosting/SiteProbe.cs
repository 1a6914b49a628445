using System.Net;
using System.Net.Sockets;
using MPanel.NodeAgent.Nginx;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Asks the node's nginx over HTTP what it serves for a name.</summary>
internal sealed class SiteProbe(AgentOptions options, TimeProvider time) : IDisposable
{
    private const string Path = "/.well-known/mpanel-site";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // A connection of its own for every request: a kept one would ask the workers of the old configuration.
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        }
    )
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 1024 * 1024,
    };
    private readonly string _address = options.NginxAddress == "*" ? "127.0.0.1" : options.NginxAddress;

    /// <summary>Waits until every name answers with this configuration. Null, or what was last heard instead.</summary>
    public async Task<string?> WaitFor(HostedSite site, string hash, TimeSpan bound, CancellationToken cancelled)
    {
        foreach (var name in new[] { site.Domain }.Concat(site.Aliases))
        {
            var since = time.GetTimestamp();
            while (await Objection(name, hash, cancelled) is { } objection)
            {
                if (time.GetElapsedTime(since) >= bound)
                    return $"{name} {objection}";
                await Task.Delay(Pause, time, cancelled);
            }
        }
        return null;
    }

    /// <summary>The status of the site's first page, 0 when there was no answer.</summary>
    public async Task<int> FrontPage(HostedSite site, CancellationToken cancelled) => (await Get(site.Domain, "/", cancelled)).Status;

    private async Task<string?> Objection(string name, string hash, CancellationToken cancelled)
    {
        var (status, text) = await Get(name, Path, cancelled);
        if (status == (int)HttpStatusCode.OK && text.Contains($"config: {hash}\n", StringComparison.Ordinal))
            return null;
        return status switch
        {
            0 => $"does not answer: {text}",
            (int)HttpStatusCode.OK => "still answers with another configuration",
            _ => $"answers with status {status}",
        };
    }

    private async Task<(int Status, string Text)> Get(string name, string path, CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_address}:{options.NginxPort}{path}");
        request.Headers.Host = name;
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request, cancelled);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancelled));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            cancelled.ThrowIfCancellationRequested();
            return (0, e.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
