using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MPanel.Tests.Support;

/// <summary>A name server on loopback that says what it is told to, of TXT, A and NS; everything else doesn't exist.</summary>
public sealed class DnsStub : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public DnsStub() => _serving = Serve();

    /// <summary>By type and name, such as <c>TXT example.net</c>; the records' data, as they are sent.</summary>
    public ConcurrentDictionary<string, byte[][]> Records { get; } = new();

    /// <summary>It hears, and says nothing.</summary>
    public bool Mute { get; set; }

    public string Address => $"{_socket.Client.LocalEndPoint}";

    public void Txt(string name, string text) =>
        Records[$"TXT {name}"] = [
            [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)],
        ];

    public void A(string name, string address) => Records[$"A {name}"] = [IPAddress.Parse(address).GetAddressBytes()];

    public void Ns(string name, params string[] servers) => Records[$"NS {name}"] = [.. servers.Select(Name)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync(_stop.Token);
                if (!Mute)
                    await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException) { }
    }

    private byte[] Answer(byte[] question)
    {
        var labels = new List<string>();
        var at = 12;
        while (question[at] > 0)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
            at += question[at] + 1;
        }
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        var asked = question[12..(at + 5)];
        var name = type switch
        {
            1 => "A ",
            2 => "NS ",
            16 => "TXT ",
            _ => "other ",
        };
        byte[][] records = Records.TryGetValue(name + string.Join('.', labels).ToLowerInvariant(), out var known) ? known : [];
        byte[] header =
        [
            question[0],
            question[1],
            0x81,
            (byte)(records.Length > 0 ? 0x80 : 0x83),
            0,
            1,
            0,
            (byte)records.Length,
            0,
            0,
            0,
            0,
        ];
        return
        [
            .. header,
            .. asked,
            // The name is that of the question, a minute is its age.
            .. records.SelectMany(data => (byte[])[0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data]),
        ];
    }

    private static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
