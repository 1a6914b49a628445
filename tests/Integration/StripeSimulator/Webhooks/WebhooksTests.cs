using System.Net;
using System.Text.Json;
using MPanel.Tests.Support;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Webhooks;

public sealed class WebhooksTests : IAsyncLifetime
{
    private static readonly string[] OfAPayment = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];
    private StripeDesk _desk = null!;
    private WebhookReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => (_desk, _receiver) = (await StripeDesk.Open(), await WebhookReceiver.Start());

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Payment_IsTold_SignedAndInTheLibrarysVersion()
    {
        await Register();
        var paid = await _desk.Pay();

        await Come(3);

        Assert.Equal(OfAPayment, _receiver.Types);
        var told = Assert.IsType<PaymentIntent>(_receiver.Events[2].Data.Object);
        Assert.Equal((paid.Id, "succeeded"), (told.Id, told.Status));
        Assert.Equal(StripeConfiguration.ApiVersion, _receiver.Events[2].ApiVersion);
    }

    [Fact]
    public async Task Endpoint_WithTypes_GetsThoseOnly()
    {
        await Register(events: ["charge.*"]);
        await _desk.Pay();
        await Quiet();

        Assert.Equal(["charge.succeeded"], _receiver.Types);
    }

    [Fact]
    public async Task TwoSecrets_BothSign()
    {
        await using var other = await WebhookReceiver.Start("whsec_new");
        await _desk.Post("webhook_endpoints", new { url = other.Url, secrets = new[] { "whsec_old", "whsec_new" } });
        await _desk.Pay();

        await Wait.Until(() => other.Events.Count == 3, "three events");
    }

    [Fact]
    public async Task Paused_DeliversNothingUntilItGoesOn()
    {
        var id = await Register(new { paused = true });
        await _desk.Pay();
        var waiting = await Deliveries();

        await Register(new { paused = false }, id);
        await Come(3);

        Assert.Equal(3, waiting.GetProperty("pending").GetInt32());
        Assert.Equal(OfAPayment, _receiver.Types);
    }

    [Fact]
    public async Task NewestFirst_AfterAPause_TurnsTheOrderAround()
    {
        var id = await Register(new { paused = true });
        await _desk.Pay();

        await Register(new { newest_first = true }, id);
        await Come(3);

        Assert.Equal(OfAPayment.Reverse(), _receiver.Types);
    }

    [Fact]
    public async Task Copies_DeliverTheSameEventTwice()
    {
        await Register(new { copies = 2 }, events: ["payment_intent.succeeded"]);
        await _desk.Pay();

        await Come(2);

        Assert.Single(_receiver.Events.Select(e => e.Id).Distinct());
    }

    [Fact]
    public async Task Delay_IsByTheSimulatorsClock()
    {
        await Register(new { delay_seconds = 3600 });
        await _desk.Pay();
        Assert.Equal(3, (await Deliveries()).GetProperty("pending").GetInt32());
        Assert.Empty(_receiver.Events);

        await _desk.Stripe.Advance(TimeSpan.FromHours(1));

        await Come(3);
    }

    [Fact]
    public async Task Lost_NeverComesButStandsInTheEvents()
    {
        await Register(new { lose = new[] { "payment_intent.succeeded" } });
        await _desk.Pay();
        await Quiet();

        var undelivered = await _desk.Api.Events.ListAsync(new EventListOptions { DeliverySuccess = false });

        Assert.Equal(OfAPayment[..2], _receiver.Types);
        Assert.Equal(["payment_intent.succeeded"], undelivered.Data.Select(e => e.Type));
        Assert.Equal(1, (await Deliveries()).GetProperty("lost").GetInt32());
    }

    [Fact]
    public async Task Refused_IsRepeatedByTheClockAndThenGivenUp()
    {
        _receiver.Status = 500;
        await Register(new { retry_seconds = new[] { 60, 600 } }, events: ["payment_intent.succeeded"]);
        await _desk.Pay();
        await Come(1);
        await _desk.Stripe.Advance(TimeSpan.FromSeconds(60));
        await Come(2);
        Assert.Equal(1, (await Deliveries()).GetProperty("pending").GetInt32());

        await _desk.Stripe.Advance(TimeSpan.FromSeconds(600));
        await Come(3);

        await Wait.Until(async () => (await Deliveries()).GetProperty("failed").GetInt32() == 1, "the end");
        Assert.Single(_receiver.Events.Select(e => e.Id).Distinct());
    }

    [Fact]
    public async Task Refused_ThenTaken_CountsAsDelivered()
    {
        _receiver.Status = 503;
        await Register(new { retry_seconds = new[] { 60 } }, events: ["payment_intent.succeeded"]);
        await _desk.Pay();
        await Come(1);
        _receiver.Status = 204;

        await _desk.Stripe.Advance(TimeSpan.FromSeconds(60));

        await Wait.Until(async () => (await Deliveries()).GetProperty("delivered").GetInt32() == 1, "the delivery");
        Assert.Equal(0, (await _desk.Api.Events.GetAsync(_receiver.Events[0].Id)).PendingWebhooks);
    }

    [Fact]
    public async Task Redeliver_SendsTheSameEventAgain_DuplicateAnother()
    {
        await Register(events: ["payment_intent.succeeded"]);
        await _desk.Pay();
        await Come(1);
        var id = _receiver.Events[0].Id;

        await _desk.Post($"events/{id}/redeliver", new { });
        await Come(2);
        await _desk.Post($"events/{id}/duplicate", new { });
        await Come(3);

        Assert.Equal([true, true, false], _receiver.Events.Select(e => e.Id == id));
        Assert.Single(_receiver.Events.Select(e => ((PaymentIntent)e.Data.Object).Id).Distinct());
    }

    [Fact]
    public async Task Pending_AfterARestart_IsDelivered()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-stripe-");
        var file = Path.Combine(directory.FullName, "state.json");
        string id;
        await using (var before = await StripeSimulation.Start(file))
        {
            var body = Endpoint(new { paused = true }, ["payment_intent.succeeded"]);
            id = (await before.Steer(HttpMethod.Post, "webhook_endpoints", body)).GetProperty("id").GetString()!;
            await before.Payment("pi_1", 4582);
        }

        await using var after = await StripeSimulation.Start(file);
        await after.Steer(HttpMethod.Put, $"webhook_endpoints/{id}", Endpoint(new { }, ["payment_intent.succeeded"]));

        await Come(1);
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("http://192.0.2.1/hook")]
    [InlineData("http://example.com/hook")]
    [InlineData("http://127.0.0.1.example.com/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("file:///tmp/hook")]
    [InlineData("/hook")]
    public async Task Register_AnotherMachine_IsRefused(string url)
    {
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() =>
            _desk.Post("webhook_endpoints", new { url, secrets = new[] { WebhookReceiver.Secret } })
        );

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
    }

    private async Task<string> Register(object? habits = null, string? id = null, string[]? events = null)
    {
        var (method, path) = id is null ? (HttpMethod.Post, "webhook_endpoints") : (HttpMethod.Put, $"webhook_endpoints/{id}");
        return (await _desk.Stripe.Steer(method, path, Endpoint(habits, events))).GetProperty("id").GetString()!;
    }

    private object Endpoint(object? habits, string[]? events) =>
        new
        {
            url = _receiver.Url,
            secrets = new[] { WebhookReceiver.Secret },
            events,
            habits,
        };

    private Task Come(int count) => Wait.Until(() => _receiver.Events.Count >= count, $"{count} events");

    private Task Quiet() => Wait.Until(async () => (await Deliveries()).GetProperty("pending").GetInt32() == 0, "the last event");

    private Task<JsonElement> Deliveries() => _desk.Stripe.Steer(HttpMethod.Get, "deliveries");
}
