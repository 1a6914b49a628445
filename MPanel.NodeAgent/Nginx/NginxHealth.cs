using System.Net;
using System.Net.Sockets;
using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Asks the node's nginx over HTTP, as a visitor would, whether it serves.</summary>
internal sealed class NginxHealth(AgentOptions options, NginxServer nginx) : IDisposable
{
    private const string Name = "nginx";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        }
    )
    {
        Timeout = Bound,
        MaxResponseContentBufferSize = 64 * 1024,
    };
    private readonly string _address = options.NginxAddress == "*" ? "127.0.0.1" : options.NginxAddress;

    /// <summary>Within some seconds, whatever nginx does.</summary>
    public async Task<ServiceHealth> Look(CancellationToken stopping)
    {
        if (nginx.Master() is null)
            return new ServiceHealth(Name, "It does not run.");
        using var request = new HttpRequestMessage(HttpMethod.Head, $"http://{_address}:{options.NginxPort}/");
        // No site has this name: to be hung up on is the right answer, any other answer will do.
        request.Headers.Host = "health.invalid";
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request, stopping);
            return new ServiceHealth(Name, null);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return new ServiceHealth(Name, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            var why = e is OperationCanceledException ? $"no answer within {Bound.TotalSeconds:0} s" : LogText.Clean(e.Message);
            return new ServiceHealth(Name, $"It does not answer on port {options.NginxPort}: {why}");
        }
    }

    public void Dispose() => _http.Dispose();
}
