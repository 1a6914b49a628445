using System.Net.Sockets;

namespace MPanel.NodeAgent.Nginx;

/// <param name="Status">0 when there was no answer.</param>
/// <param name="Text">The body, or why there was no answer.</param>
/// <param name="HungUp">The request was taken, and the connection closed: what nginx does for a name that no site has.</param>
internal sealed record NginxAnswer(int Status, string Text, bool HungUp = false);

/// <summary>Asks the node's nginx over HTTP, as a visitor of a name would.</summary>
internal sealed class NginxVisitor(AgentOptions options, NginxLayout layout) : IDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

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
        Timeout = Bound,
        MaxResponseContentBufferSize = 1024 * 1024,
    };

    /// <summary>Within <see cref="Bound"/>.</summary>
    /// <param name="address">One of <see cref="NginxLayout.Addresses"/>; null for the first.</param>
    public async Task<NginxAnswer> Get(string name, string path, CancellationToken cancelled, string? address = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address ?? layout.Addresses[0]}:{options.NginxPort}{path}");
        request.Headers.Host = name;
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request, cancelled);
            return new NginxAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancelled));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return new NginxAnswer(0, e.Message, HungUp: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            cancelled.ThrowIfCancellationRequested();
            return new NginxAnswer(0, e is OperationCanceledException ? $"no answer within {Bound.TotalSeconds:0} s" : e.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
