using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Most clients look for an answer only when they have sent everything, and must find it then.</summary>
[Collection(nameof(HostileWorld))]
public sealed class OversizedBodyTests(HostileWorld world)
{
    private const int Size = 600_000;

    private static readonly byte[] Next = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();

    [Theory]
    [InlineData(false, Size)]
    [InlineData(true, Size)]
    [InlineData(false, 40_000)]
    [InlineData(true, 40_000)]
    public async Task Body_SentInFullBeforeTheAnswerIsRead_IsAnswered413_AndTheConnectionServesOn(bool chunked, int piece)
    {
        using var client = await Connect();
        await client.SendAsync(Head(chunked ? "Transfer-Encoding: chunked" : Length(Size)));
        for (var sent = 0; sent < Size; sent += piece)
        {
            await client.SendAsync(chunked ? Chunk(piece) : Blanks(piece));
            if (piece < Size)
                await Task.Delay(50);
        }
        if (chunked)
            await client.SendAsync("0\r\n\r\n"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 413 ", await Answer(client, "body_too_large"), StringComparison.Ordinal);
        await client.SendAsync(Next);
        Assert.StartsWith("HTTP/1.1 200 ", await Answer(client, "\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfAClientThatAsksFirst_IsNotSent()
    {
        using var client = await Connect();

        await client.SendAsync(Head($"{Length(Size)}\r\nExpect: 100-continue"));

        var answer = await ToTheEnd(client);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 4000000000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Body_ThatNeverEnds_IsAnswered413AndCutOff(string framing)
    {
        using var client = await Connect();
        await client.SendAsync(Head(framing));
        var since = Stopwatch.StartNew();
        var answer = ToTheEnd(client);
        try
        {
            // Quick enough not to be called slow, far from what would be called too large.
            for (var size = 70_000; !answer.IsCompleted; size = 2000)
            {
                await client.SendAsync(Chunk(size));
                await Task.Delay(100);
            }
        }
        catch (SocketException)
        {
            // Cut off.
        }

        Assert.StartsWith("HTTP/1.1 413 ", await answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", await answer, StringComparison.Ordinal);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(40), $"It was held for {since.Elapsed}.");
    }

    private async Task<Socket> Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Panel.ApiAddress.Port));
        return client;
    }

    private byte[] Head(string framing) =>
        Encoding.ASCII.GetBytes(
            $"POST /api/admin/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
        );

    private static string Length(int bytes) => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}");

    private static byte[] Chunk(int bytes) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes:x}\r\n")), .. Blanks(bytes), .. "\r\n"u8];

    private static byte[] Blanks(int count) => [.. Enumerable.Repeat((byte)' ', count)];

    /// <summary>What comes, until this is in it.</summary>
    private static async Task<string> Answer(Socket client, string end)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (text, buffer) = ("", new byte[16 * 1024]);
        while (!text.Contains(end, StringComparison.Ordinal) || !text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var got = await client.ReceiveAsync(buffer, bound.Token);
            Assert.True(got > 0, $"The connection ended after: {text}");
            text += Encoding.UTF8.GetString(buffer, 0, got);
        }
        // The end of a chunked answer.
        while (
            text.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal) && !text.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
        )
            text += Encoding.UTF8.GetString(buffer, 0, await client.ReceiveAsync(buffer, bound.Token));
        return text;
    }

    private static async Task<string> ToTheEnd(Socket client)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (text, buffer) = ("", new byte[16 * 1024]);
        try
        {
            while (await client.ReceiveAsync(buffer, bound.Token) is > 0 and var got)
                text += Encoding.UTF8.GetString(buffer, 0, got);
        }
        catch (SocketException)
        {
            // Cut off while still sending: what came so far is the answer.
        }
        return text;
    }
}
