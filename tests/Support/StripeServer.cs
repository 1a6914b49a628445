using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using MPanel.StripeSimulator;

namespace MPanel.Tests.Support;

/// <summary>The Stripe simulator in this process, on a free port of loopback, and its control API as test words.</summary>
public sealed class StripeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _control;

    private StripeServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        _control = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>A key of the simulator's test mode, made up for this run.</summary>
    public string ApiKey { get; } = $"sk_test_{Guid.NewGuid():N}";

    public static async Task<StripeServer> Start()
    {
        var app = StripeSimulatorApp.Build(["--port", "0"]);
        await app.StartAsync();
        return new StripeServer(app);
    }

    /// <param name="amount">Minor units.</param>
    public async Task Pay(string paymentIntentId, long amount, string currency = "usd", string status = "succeeded", bool livemode = false)
    {
        using var answer = await _control.PutAsJsonAsync(
            $"/_sim/payment_intents/{paymentIntentId}",
            new
            {
                amount,
                currency,
                status,
                livemode,
            }
        );
        answer.EnsureSuccessStatusCode();
    }

    /// <param name="kind">One of the simulator's failure kinds, such as <c>server_error</c>.</param>
    /// <param name="count">How many calls; null until cleared.</param>
    public async Task Fail(string kind, string? paymentIntent = null, int? count = null, int? retryAfterSeconds = null)
    {
        using var answer = await _control.PostAsJsonAsync(
            "/_sim/failures",
            new
            {
                kind,
                payment_intent = paymentIntent,
                count,
                retry_after_seconds = retryAfterSeconds,
            }
        );
        answer.EnsureSuccessStatusCode();
    }

    public async Task ClearFailures() => (await _control.DeleteAsync("/_sim/failures")).Dispose();

    /// <summary>How often Stripe was asked about a payment.</summary>
    public async Task<int> RequestsFor(string paymentIntentId)
    {
        var requests = await _control.GetFromJsonAsync<JsonElement>("/_sim/requests");
        return requests.EnumerateArray().Count(r => r.GetProperty("path").GetString()!.Contains(paymentIntentId, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
