using System.Net;
using System.Net.Sockets;
using System.Text;

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
