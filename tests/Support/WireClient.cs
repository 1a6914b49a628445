using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MPanel.Tests.Support;

/// <param name="RetryAfter">Of the header of this name.</param>
public readonly record struct WireAnswer(int Status, string Body, string? RetryAfter = null);

/// <summary>
/// One HTTP/1.1 connection of loopback that costs next to nothing, so that the load generator does not take the processor from what it
/// measures. Understands what Kestrel and nginx answer: a length, chunks, or no body.
/// </summary>
public sealed class WireClient : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public static async Task<WireClient> Open(int port, CancellationToken stop)
    {
        var client = new WireClient();
        try
        {
            await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <param name="key">Bearer key; null for none.</param>
    public static byte[] Request(string method, string path, string? key = null, string? json = null, string host = "127.0.0.1")
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
        if (key is not null)
            text.Append($"Authorization: Bearer {key}\r\n");
        if (json is not null)
            text.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(json).ToString());
    }

    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public async Task<WireAnswer> Send(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        await _socket.SendAsync(request, stop);
        var (filled, head) = (0, -1);
        while ((head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            filled = await Receive(filled, stop);
        var status = int.Parse(_buffer.AsSpan(9, 3), null);
        var body = head + 4;
        var fields = Encoding.ASCII.GetString(_buffer, 0, head);
        if (status is 204 or 304)
            return new WireAnswer(status, "");
        if (Field(fields, "Content-Length") is { } length)
        {
            for (var end = body + int.Parse(length, null); filled < end; )
                filled = await Receive(filled, stop);
            return new WireAnswer(status, Encoding.UTF8.GetString(_buffer, body, filled - body), Field(fields, "Retry-After"));
        }
        while (!_buffer.AsSpan(body, filled - body).EndsWith("0\r\n\r\n"u8))
            filled = await Receive(filled, stop);
        return new WireAnswer(status, Unchunk(_buffer.AsSpan(body, filled - body)), Field(fields, "Retry-After"));
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<int> Receive(int filled, CancellationToken stop)
    {
        var got = await _socket.ReceiveAsync(_buffer.AsMemory(filled), stop);
        return got > 0 ? filled + got : throw new IOException("The connection ended before the answer did.");
    }

    private static string? Field(string fields, string name)
    {
        var at = fields.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var start = at + name.Length + 3;
        var end = fields.IndexOf('\r', start);
        return (end < 0 ? fields[start..] : fields[start..end]).Trim();
    }

    private static string Unchunk(ReadOnlySpan<byte> chunks)
    {
        var text = new StringBuilder();
        while (Utf8Parser.TryParse(chunks, out int size, out var digits, 'x') && size > 0)
        {
            chunks = chunks[(digits + 2)..];
            text.Append(Encoding.UTF8.GetString(chunks[..size]));
            chunks = chunks[(size + 2)..];
        }
        return text.ToString();
    }
}
