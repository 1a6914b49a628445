using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MPanel.Faults.World;
using MPanel.Tests.Support;

namespace MPanel.Faults.Orders;

/// <summary>
/// The service beside the marketing site: takes the customer's payment at Stripe, then tells the panel, again and again until it is
/// answered for good.
/// </summary>
public sealed class MarketingApi(FaultWorld world, int seed) : IDisposable
{
    private static readonly TimeSpan AttemptBound = TimeSpan.FromSeconds(8);
    private readonly ConcurrentQueue<PlacedOrder> _orders = new();
    private readonly ConcurrentDictionary<int, int> _answers = new();
    private readonly ConcurrentQueue<DateTimeOffset> _hung = new();
    private readonly HttpClient _panel = world.Client(AttemptBound);
    private readonly SemaphoreSlim _room = new(24);
    private readonly Random _random = new(seed);

    public IReadOnlyCollection<PlacedOrder> Orders => _orders;

    /// <summary>How often each status came back; 0 stands for no answer.</summary>
    public IReadOnlyDictionary<int, int> Answers => _answers;

    /// <summary>When attempts began that got no answer until their bound.</summary>
    public IReadOnlyCollection<DateTimeOffset> Hung => _hung;

    /// <summary>Sends it in its way. Ends when all of it is answered, or with <paramref name="stop"/>.</summary>
    public async Task<PlacedOrder> Place(PlannedOrder plan, CancellationToken stop)
    {
        var order = new PlacedOrder(plan);
        _orders.Enqueue(order);
        await _room.WaitAsync(stop);
        try
        {
            await Pay(plan, stop);
            var copies = plan.Sending == Sending.AtOnce ? 4 : 1;
            await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => Send(order, plan.Body, stop)));
            if (plan.Sending == Sending.Repeated)
                await Send(order, plan.Body, stop);
            if (plan.Sending == Sending.Tampered && order.Reference is not null)
                await SendTampered(order, stop);
            order.Settled = true;
        }
        finally
        {
            _room.Release();
        }
        return order;
    }

    /// <summary>An earlier order once more, as Stripe and queues repeat themselves.</summary>
    public async Task Repeat(CancellationToken stop)
    {
        var acknowledged = _orders.Where(o => o.Reference is not null).ToList();
        if (acknowledged.Count == 0)
            return;
        PlacedOrder order;
        lock (_random)
            order = acknowledged[_random.Next(acknowledged.Count)];
        await Send(order, order.Plan.Body, stop);
    }

    public void Dispose()
    {
        _panel.Dispose();
        _room.Dispose();
    }

    /// <summary>The customer pays at Stripe. The simulator is killed as well; a payment is made when it says so.</summary>
    public async Task Pay(PlannedOrder plan, CancellationToken stop)
    {
        if (plan.PaidMinor is not { } amount)
            return;
        while (true)
        {
            try
            {
                using var answer = await world.Simulator.PutAsJsonAsync(
                    $"/_sim/payment_intents/{plan.PaymentIntent}",
                    new
                    {
                        amount,
                        currency = "usd",
                        status = plan.StripeStatus,
                        livemode = false,
                        metadata = OrderDesk.Binding(plan.Body) is { } order
                            ? new Dictionary<string, string> { ["mpanel_order"] = order }
                            : [],
                    },
                    stop
                );
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
            {
                stop.ThrowIfCancellationRequested();
            }
            await Task.Delay(500, stop);
        }
    }

    private async Task Send(PlacedOrder order, string body, CancellationToken stop)
    {
        while (true)
        {
            var (status, text) = await Post(body, stop);
            switch (status)
            {
                case 200 or 202:
                    if (order.Plan.Kind == OrderKind.Hostile)
                        order.Surprised($"a hostile order was taken: {body}");
                    order.Acknowledged(JsonDocument.Parse(text).RootElement.GetProperty("reference").GetString()!);
                    return;
                case 400 or 422 when order.Plan.Kind == OrderKind.Hostile:
                    order.Refused(status);
                    return;
                case 0 or 408 or 429 or 502 or 503:
                    break;
                default:
                    order.Surprised($"answered with {status}: {text}");
                    return;
            }
            await Task.Delay(300, stop);
        }
    }

    private async Task SendTampered(PlacedOrder order, CancellationToken stop)
    {
        while (true)
        {
            var (status, text) = await Post(order.Plan.TamperedBody, stop);
            if (status == 409)
                return;
            if (status is not (0 or 408 or 429 or 502 or 503))
            {
                order.Surprised($"a second body for the same payment was answered with {status}: {text}");
                return;
            }
            await Task.Delay(300, stop);
        }
    }

    private async Task<(int Status, string Text)> Post(string body, CancellationToken stop)
    {
        var (status, text) = (0, "");
        var since = Stopwatch.StartNew();
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _panel.PostAsync(OrderDesk.Route, content, stop);
            (status, text) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(stop));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            // No answer: what became of it the panel alone knows, so it is asked again.
            stop.ThrowIfCancellationRequested();
            if (since.Elapsed > AttemptBound * 0.9)
                _hung.Enqueue(TimeProvider.System.GetUtcNow() - since.Elapsed);
        }
        _answers.AddOrUpdate(status, 1, (_, n) => n + 1);
        return (status, text);
    }
}
