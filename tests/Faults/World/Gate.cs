using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MPanel.Faults.World;

/// <summary>
/// The way to the panel's web processes, as a load balancer would be: a TCP relay on loopback that takes turns among the healthy ones,
/// and that can be cut, can hang, and can lose the answers to completions.
/// </summary>
public sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Relay, bool> _relays = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<IReadOnlyList<int>> _backends;
    private readonly Task _accepting;
    private int _turn;
    private int _answersToLose;
    private int _answersLost;

    /// <param name="backends">Ports of those that may be asked now, in no order.</param>
    public Gate(Func<IReadOnlyList<int>> backends)
    {
        _backends = backends;
        _listener.Start(512);
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Answers to completions that were thrown away so far.</summary>
    public int AnswersLost => Volatile.Read(ref _answersLost);

    private volatile GateState _state;

    /// <summary>No connection stays, none is let in.</summary>
    public void Cut()
    {
        _state = GateState.Cut;
        foreach (var relay in _relays.Keys)
            relay.Dispose();
    }

    /// <summary>Connections are let in and stay, and nothing comes through any more.</summary>
    public void Hang()
    {
        _state = GateState.Hanging;
        foreach (var relay in _relays.Keys)
            relay.Freeze();
    }

    public void Restore()
    {
        _state = GateState.Open;
        _answersToLose = 0;
        // What hung is dead to both its ends; a network that comes back resets it.
        foreach (var relay in _relays.Keys.Where(r => r.Frozen))
            relay.Dispose();
    }

    /// <summary>The panel hears the next completions; their answers never arrive.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _answersToLose, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var relay in _relays.Keys)
            relay.Dispose();
        _stop.Dispose();
    }

    internal bool LosesThisAnswer()
    {
        if (Volatile.Read(ref _answersToLose) <= 0 || Interlocked.Decrement(ref _answersToLose) < 0)
            return false;
        Interlocked.Increment(ref _answersLost);
        return true;
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = Serve(client);
        }
    }

    private async Task Serve(TcpClient client)
    {
        if (_state == GateState.Cut)
        {
            client.Client.Close(0);
            return;
        }
        using var relay = new Relay(this, client);
        _relays.TryAdd(relay, true);
        try
        {
            if (_state == GateState.Hanging)
                relay.Freeze();
            if (await Connect() is { } backend)
                await relay.Run(backend);
        }
        finally
        {
            _relays.TryRemove(relay, out _);
        }
    }

    private async Task<TcpClient?> Connect()
    {
        var backends = _backends();
        var first = Interlocked.Increment(ref _turn);
        for (var i = 0; i < backends.Count; i++)
        {
            var backend = new TcpClient { NoDelay = true };
            try
            {
                await backend.ConnectAsync(IPAddress.Loopback, backends[(first + i) % backends.Count], _stop.Token);
                return backend;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                backend.Dispose();
            }
        }
        return null;
    }

    private enum GateState
    {
        Open,
        Cut,
        Hanging,
    }
}
