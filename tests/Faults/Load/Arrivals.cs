using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using MPanel.Tests.Support;

namespace MPanel.Faults.Load;

/// <param name="At">When it was due, since the load began.</param>
/// <param name="Milliseconds">From when it was due until it was answered.</param>
/// <param name="Status">0 when there was no answer, -1 when every connection was busy and it was never sent.</param>
/// <param name="Reference">When it was acknowledged.</param>
/// <param name="SaysWhen">The answer has a Retry-After.</param>
internal sealed record Arrival(LoadOrder Order, TimeSpan At, double Milliseconds, int Status, string? Reference, bool SaysWhen)
{
    public bool Acknowledged => Status is 200 or 202;
    public bool Shed => Status is 429 or 503;
}

/// <summary>Customers come when they come, however long the others take; but only so many connections are open at once.</summary>
internal sealed class Arrivals : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<Line> _idle = Channel.CreateUnbounded<Line>();
    private readonly List<Line> _lines = [];
    private readonly Stopwatch _since;
    private readonly string _key;

    /// <param name="since">All times are counted from here.</param>
    public Arrivals(IReadOnlyList<int> ports, string key, int connections, Stopwatch since)
    {
        (_key, _since) = (key, since);
        for (var i = 0; i < connections; i++)
        {
            var line = new Line(ports[i % ports.Count]);
            _lines.Add(line);
            _idle.Writer.TryWrite(line);
        }
    }

    /// <summary>Ends when the last is answered.</summary>
    public async Task<IReadOnlyList<Arrival>> Run(IReadOnlyList<LoadOrder> orders, double perSecond, CancellationToken stop)
    {
        var arrived = new ConcurrentQueue<Arrival>();
        var began = _since.Elapsed;
        var sent = new List<Task>(orders.Count);
        for (var i = 0; i < orders.Count; i++)
        {
            var due = began + TimeSpan.FromSeconds(i / perSecond);
            if (due - _since.Elapsed is { TotalMilliseconds: > 1 } early)
                await Task.Delay(early, stop);
            var order = orders[i];
            if (_idle.Reader.TryRead(out var line))
                sent.Add(Task.Run(() => Send(line, order, due, arrived, stop), stop));
            else
                arrived.Enqueue(new Arrival(order, due, 0, -1, null, SaysWhen: false));
        }
        await Task.WhenAll(sent);
        return [.. arrived];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines)
            await line.DisposeAsync();
    }

    private async Task Send(Line line, LoadOrder order, TimeSpan due, ConcurrentQueue<Arrival> arrived, CancellationToken stop)
    {
        var answer = await line.Send(order.Request(_key), Patience, stop);
        var reference = answer.Status is 200 or 202
            ? JsonDocument.Parse(answer.Body).RootElement.GetProperty("reference").GetString()
            : null;
        var took = (_since.Elapsed - due).TotalMilliseconds;
        arrived.Enqueue(new Arrival(order, due, took, answer.Status, reference, answer.RetryAfter is not null));
        _idle.Writer.TryWrite(line);
    }

    /// <summary>One customer's connection at a time, opened again when it is lost.</summary>
    private sealed class Line(int port) : IAsyncDisposable
    {
        private WireClient? _client;

        public async Task<WireAnswer> Send(byte[] request, TimeSpan patience, CancellationToken stop)
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
            bound.CancelAfter(patience);
            try
            {
                _client ??= await WireClient.Open(port, bound.Token);
                return await _client.Send(request, bound.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                stop.ThrowIfCancellationRequested();
                await DisposeAsync();
                return new WireAnswer(0, e.Message);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_client is not null)
                await _client.DisposeAsync();
            _client = null;
        }
    }
}
