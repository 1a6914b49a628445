using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Webhooks;

/// <summary>Delivers events: one after the other to each endpoint, the endpoints beside one another.</summary>
internal sealed class WebhookSender(StripeState state, ILogger<WebhookSender> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<string, bool> _busy = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new(LoopbackOnly.Handler()) { Timeout = TimeSpan.FromSeconds(10) };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var endpoint in state.All<WebhookEndpoint>())
                if (_busy.TryAdd(endpoint.Id, true))
                    _ = Deliver(endpoint.Id, stoppingToken);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    private async Task Deliver(string endpointId, CancellationToken stop)
    {
        try
        {
            // Looked up again each time: it may have been paused in between.
            while (!stop.IsCancellationRequested && Next(endpointId) is { } next)
                Deliveries.Attempted(state, next.DeliveryId, next.Endpoint, await Send(next, stop));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            log.LogWarning(e, "A delivery is left for later.");
        }
        finally
        {
            _busy.TryRemove(endpointId, out _);
        }
    }

    private Outgoing? Next(string endpointId) =>
        state.Do(() =>
        {
            if (state.Find<WebhookEndpoint>(endpointId) is not { } endpoint)
                return null;
            foreach (var delivery in Deliveries.ToSend(state, endpoint))
            {
                if (state.Find<SimulatedEvent>(delivery.Event) is { } e)
                    return new Outgoing(delivery.Id, endpoint, Body(e));
                state.Remove<Delivery>(delivery.Id);
            }
            return null;
        });

    private string Body(SimulatedEvent e) => e.ToJson(DeliveryCounts.Of(state).Pending(e.Id)).ToJsonString(StripeJson.Options);

    private async Task<int?> Send(Outgoing outgoing, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, outgoing.Endpoint.Url);
        request.Content = new StringContent(outgoing.Body, new MediaTypeHeaderValue("application/json", "utf-8"));
        request.Headers.Add("Stripe-Signature", Signature(outgoing));
        request.Headers.UserAgent.ParseAdd("Stripe/1.0 (+https://stripe.com/docs/webhooks)");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    // In the machine's own time and not the simulator's: the receiver compares it with its own clock.
    private static string Signature(Outgoing outgoing)
    {
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{at}.{outgoing.Body}");
        var signatures = outgoing.Endpoint.Secrets.Select(secret =>
            $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}"
        );
        return $"t={at},{string.Join(',', signatures)}";
    }

    private sealed record Outgoing(string DeliveryId, WebhookEndpoint Endpoint, string Body);
}
