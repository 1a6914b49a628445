using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MPanel.Tests.Support;

/// <summary>Clients that keep the panel waiting: they send a body that never ends, or don't read their answer.</summary>
public sealed class SlowClients : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>Begins a request and sends no more of it.</summary>
    public async Task Begin(Uri address, string request)
    {
        // A small window: the answer does not fit into it.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        _sockets.Add(socket);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
    }

    /// <summary>A POST whose body stops after its first byte.</summary>
    /// <param name="headers">Lines, each with its end.</param>
    public Task BeginBody(Uri address, string path, string type, string headers) =>
        Begin(
            address,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{address.Port}\r\n{headers}Content-Type: {type}\r\nContent-Length: 1000\r\n\r\nE"
        );

    /// <summary>What came of the request that was begun first, as far as it can be had at once.</summary>
    public async Task<string> FirstAnswer(TimeSpan bound)
    {
        using var patience = new CancellationTokenSource(bound);
        var buffer = new byte[4096];
        var got = await _sockets[0].ReceiveAsync(buffer, patience.Token);
        return Encoding.ASCII.GetString(buffer, 0, got);
    }

    /// <summary>Everybody hangs up.</summary>
    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
        _sockets.Clear();
    }
}
