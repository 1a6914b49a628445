using System.Net;
using System.Net.Sockets;

namespace MPanel.StripeSimulator.Webhooks;

/// <summary>Connections to this machine only, whatever a name leads to.</summary>
internal static class LoopbackOnly
{
    public static SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = Connect,
        };

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);
        var own = addresses.Where(IPAddress.IsLoopback).ToArray();
        if (own.Length == 0)
            throw new HttpRequestException($"{context.DnsEndPoint.Host} is not this machine.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(own, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
