using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Webhooks;

/// <summary>What listens for events, and checks each as Stripe's library does.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_of_the_tests";
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Event> _events = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>What every delivery is answered with.</summary>
    public int Status { get; set; } = 200;

    public string Url => $"{_app.Urls.Single()}/hook";

    /// <summary>Each delivery whose signature holds, in the order they came.</summary>
    public IReadOnlyList<Event> Events => [.. _events];

    public IReadOnlyList<string> Types => [.. Events.Select(e => e.Type)];

    public static async Task<WebhookReceiver> Start(string secret = Secret)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost(
            "/hook",
            async (HttpRequest request) =>
            {
                var body = await new StreamReader(request.Body).ReadToEndAsync();
                receiver._events.Enqueue(EventUtility.ConstructEvent(body, request.Headers["Stripe-Signature"], secret));
                return Results.StatusCode(receiver.Status);
            }
        );
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
