using System.Net.Sockets;

namespace MPanel.Faults.World;

/// <summary>One connection through the <see cref="Gate"/>.</summary>
internal sealed class Relay(Gate gate, TcpClient client) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private TcpClient? _backend;
    private volatile bool _deaf;
    private volatile bool _isFrozen;

    public bool Frozen => _isFrozen;

    public async Task Run(TcpClient backend)
    {
        client.NoDelay = true;
        _backend = backend;
        var (near, far) = (client.GetStream(), backend.GetStream());
        await Task.WhenAny(Pump(near, far, Asked), Pump(far, near, Answered));
        Dispose();
    }

    public void Freeze()
    {
        _isFrozen = true;
    }

    public void Dispose()
    {
        _end.Cancel();
        // Reset rather than closed in order: that is what a cut looks like.
        client.Client?.Close(0);
        _backend?.Client?.Close(0);
    }

    private async Task Pump(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> lets)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
            {
                if (_isFrozen)
                    await Task.Delay(Timeout.Infinite, _end.Token);
                if (!lets(buffer.AsMemory(0, read)))
                    return;
                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Either end left, or the gate was cut: the relay is over.
        }
    }

    private bool Asked(ReadOnlyMemory<byte> request)
    {
        if (request.Span.IndexOf("/complete HTTP/1.1"u8) > 0 && gate.LosesThisAnswer())
            _deaf = true;
        return true;
    }

    private bool Answered(ReadOnlyMemory<byte> _) => !_deaf;
}
