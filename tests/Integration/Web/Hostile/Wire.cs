using System.Net;
using System.Net.Sockets;
using System.Text;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <param name="Status">0 when the connection ended without an answer.</param>
/// <param name="Answers">How many answers came: two for one request would be a smuggled one.</param>
public sealed record WireReply(int Status, string Head, string Body, int Answers);

/// <summary>Bytes as no client of good manners would send them.</summary>
public static class Wire
{
    /// <summary>Everything that comes back until the server hangs up, or for at most these seconds.</summary>
    public static async Task<WireReply> Send(int port, byte[] request, int seconds = 10)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), bound.Token);
        using var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            // In the background: who is refused before the end of the body may be cut off while still sending.
            var sending = SendAll(socket, request, bound.Token);
            int got;
            while ((got = await socket.ReceiveAsync(buffer, bound.Token)) > 0)
                received.Write(buffer, 0, got);
            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // What came so far is the answer.
        }
        return Read(Encoding.UTF8.GetString(received.ToArray()));
    }

    /// <summary>
    /// Sends a piece, waits until the panel has worked through all that came so far, and sends the next; what comes back, until the
    /// server hangs up.
    /// </summary>
    /// <param name="taken">Bytes of the body that the panel has worked through.</param>
    /// <param name="end">What follows the last piece; null hangs up without waiting for an answer to it.</param>
    public static async Task<WireReply> SendInPieces(
        int port,
        byte[] head,
        IEnumerable<(byte[] Bytes, int BodyBytes)> pieces,
        byte[]? end,
        Func<long> taken
    )
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), bound.Token);
        var answer = ReceiveAll(socket, bound.Token);
        await SendAll(socket, head, bound.Token);
        var body = 0L;
        foreach (var (bytes, bodyBytes) in pieces)
        {
            await SendAll(socket, bytes, bound.Token);
            body += bodyBytes;
            await Wait.Until(() => answer.IsCompleted || taken() >= body, $"the panel to take {body} bytes");
        }
        if (end is null)
            socket.Shutdown(SocketShutdown.Send);
        else
            await SendAll(socket, end, bound.Token);
        return Read(await answer);
    }

    private static async Task<string> ReceiveAll(Socket socket, CancellationToken stop)
    {
        using var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            int got;
            while ((got = await socket.ReceiveAsync(buffer, stop)) > 0)
                received.Write(buffer, 0, got);
        }
        catch (SocketException)
        {
            // Cut off while still sending: what came so far is the answer.
        }
        return Encoding.UTF8.GetString(received.ToArray());
    }

    private static async Task SendAll(Socket socket, byte[] request, CancellationToken stop)
    {
        try
        {
            for (var sent = 0; sent < request.Length; )
                sent += await socket.SendAsync(request.AsMemory(sent), stop);
        }
        catch (SocketException)
        {
            // Refused already.
        }
    }

    private static WireReply Read(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (!text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || end < 0)
            return new WireReply(0, "", text, 0);
        return new WireReply(int.Parse(text.AsSpan(9, 3), null), text[..end], text[(end + 4)..], text.Split("HTTP/1.1 ").Length - 1);
    }
}
