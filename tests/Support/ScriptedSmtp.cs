using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MPanel.Tests.Support;

/// <param name="Raw">As it came, without the final dot.</param>
public sealed record ReceivedMail(string From, string Recipient, string Raw)
{
    /// <summary>A header's value, unfolded; empty where there is none.</summary>
    public string Header(string name) =>
        Raw.Split("\r\n\r\n")[0]
            .Replace("\r\n ", " ", StringComparison.Ordinal)
            .Replace("\r\n\t", " ", StringComparison.Ordinal)
            .Split("\r\n")
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim())
            .SingleOrDefault("");
}

/// <summary>What a mail server does when a message is through.</summary>
public enum AfterMessage
{
    Accept,

    /// <summary>It has the message, and hangs up before it says so.</summary>
    HangUp,

    /// <summary>It has the message, and says nothing more.</summary>
    SayNothing,
}

/// <summary>A mail server that does what a test says. It listens from the start until it is disposed of.</summary>
public sealed class ScriptedSmtp : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _messages;

    public ScriptedSmtp(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    public int Port { get; }
    public ConcurrentQueue<ReceivedMail> Received { get; } = new();
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>What is answered to a recipient's address.</summary>
    public Func<string, string> Recipient { get; set; } = _ => "250 2.1.5 Ok";

    /// <summary>What is done with the n-th message, from 1.</summary>
    public Func<int, AfterMessage> Message { get; set; } = _ => AfterMessage.Accept;

    public async ValueTask DisposeAsync()
    {
        if (_accepting.IsCompleted)
            return;
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Serve(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                await using var write = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
                using var read = new StreamReader(stream, Encoding.UTF8);
                await write.WriteLineAsync("220 scripted.test ESMTP");
                await Converse(read, write);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Whoever was there has gone.
            }
        }
    }

    private async Task Converse(StreamReader read, StreamWriter write)
    {
        var (from, recipient) = ("", "");
        while (await read.ReadLineAsync(_stop.Token) is { } line)
        {
            Commands.Enqueue(line);
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await write.WriteLineAsync("250-scripted.test\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME");
                    break;
                case "MAIL":
                    from = line;
                    await write.WriteLineAsync("250 2.1.0 Ok");
                    break;
                case "RCPT":
                    recipient = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    await write.WriteLineAsync(Recipient(recipient));
                    break;
                case "DATA":
                    await write.WriteLineAsync("354 Go on");
                    Received.Enqueue(new ReceivedMail(from, recipient, await Data(read)));
                    switch (Message(Interlocked.Increment(ref _messages)))
                    {
                        case AfterMessage.HangUp:
                            return;
                        case AfterMessage.SayNothing:
                            await Task.Delay(Timeout.Infinite, _stop.Token);
                            return;
                        default:
                            await write.WriteLineAsync("250 2.0.0 Ok");
                            break;
                    }
                    break;
                case "QUIT":
                    await write.WriteLineAsync("221 2.0.0 Bye");
                    return;
                default:
                    await write.WriteLineAsync("250 2.0.0 Ok");
                    break;
            }
        }
    }

    private async Task<string> Data(StreamReader read)
    {
        var lines = new List<string>();
        while (await read.ReadLineAsync(_stop.Token) is { } line && line != ".")
            lines.Add(line.StartsWith('.') ? line[1..] : line);
        return string.Join("\r\n", lines);
    }
}
