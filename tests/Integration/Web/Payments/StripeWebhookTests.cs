using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;
using Stripe;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>What the webhook takes, and what it refuses: Stripe's signature is all that tells Stripe from anybody.</summary>
public sealed class StripeWebhookTests : IAsyncLifetime
{
    private const string Path = "/api/webhooks/stripe";
    private const string Secret = "whsec_of_the_present_endpoint";
    private const string OldSecret = "whsec_of_the_former_endpoint";
    private PanelServer _panel = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(
            settings: new Dictionary<string, string?>
            {
                ["Stripe:WebhookSecrets:0"] = Secret,
                ["Stripe:WebhookSecrets:1"] = OldSecret,
                // So that what is kept stays as it came.
                ["Roles"] = "web",
            }
        );
        _client = await _panel.Client();
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(
            """
            insert into payments (stripe_payment_intent_id, status, amount, currency, livemode)
            values ('pi_1', 'succeeded', 45.82, 'USD', false)
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _panel.DisposeAsync();
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData(OldSecret)]
    public async Task Post_SignedByAnyOfTheSecrets_IsKeptOnceWithItsWork(string secret)
    {
        var body = Event("evt_1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Send(body, Signed(body, secret))));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(["evt_1 refund.created pi_1 received webhook"], await Kept());
        Assert.Equal(1, await Count("select count(*) from outbox where kind = 'stripe.event'"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("t=,v1=")]
    [InlineData("t=99999999999999999999,v1=00")]
    [InlineData("nonsense")]
    public async Task Post_WithoutASignatureThatCanBeRead_IsRefused(string? signature) =>
        await IsRefused(await Send(Event("evt_1"), signature), "signature_invalid");

    [Fact]
    public async Task Post_SignedWithAnotherSecretOrForAnotherBody_IsRefused()
    {
        var body = Event("evt_1");

        await IsRefused(await Send(body, Signed(body, "whsec_of_somebody_else")), "signature_invalid");
        await IsRefused(await Send(body + " ", Signed(body, Secret)), "signature_invalid");
        // v0 is what Stripe's test clocks sign with, and proves nothing.
        await IsRefused(await Send(body, Signed(body, Secret).Replace("v1=", "v0=", StringComparison.Ordinal)), "signature_invalid");
    }

    [Theory]
    [InlineData(-301)]
    // The clock goes on while it is sent.
    [InlineData(330)]
    public async Task Post_SignedTooLongAgoOrAhead_IsRefused(int seconds)
    {
        var body = Event("evt_1");

        await IsRefused(await Send(body, Signed(body, Secret, seconds)), "signature_invalid");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData(
        """{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","livemode":false,"created":"2026-01-01"}"""
    )]
    [InlineData("""{"id":"","object":"event","type":"refund.created","livemode":false,"created":1,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"refund.created","livemode":"no","created":1,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"refund.created","livemode":false,"created":1e99,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"refund.created","livemode":false,"created":1,"data":[]}""")]
    public async Task Post_OfWhatIsNoEvent_IsRefusedThoughSigned(string body) =>
        await IsRefused(await Send(body, Signed(body, Secret)), "event_invalid");

    [Fact]
    public async Task Post_OfWhatIsNotUsed_IsKeptWithTheReasonAndNoWork()
    {
        var unknown = Event("evt_1", type: "invoice.finalized");
        var live = Event("evt_2", live: true);
        var bare = Event("evt_3", payment: null);

        foreach (var body in new[] { unknown, live, bare })
            Assert.Equal(HttpStatusCode.OK, (await Send(body, Signed(body, Secret))).StatusCode);

        await using var db = await _panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            [
                "ignored MPanel doesn't use events of this type.",
                "ignored It is of live mode, and this panel's key is not.",
                "ignored It is about no payment.",
            ],
            await db.QueryAsync<string>("select state || ' ' || outcome from stripe_events order by event_id")
        );
        Assert.Equal(0, await Count("select count(*) from outbox"));
    }

    [Fact]
    public async Task Post_AboutAPaymentOfOthers_IsKeptAndCostsNoWork()
    {
        for (var n = 0; n < 20; n++)
        {
            var body = Event($"evt_{n}", payment: $"pi_other{n}");
            Assert.Equal(HttpStatusCode.OK, (await Send(body, Signed(body, Secret))).StatusCode);
        }

        Assert.Equal(20, await Count("select count(*) from stripe_events where state = 'waiting'"));
        Assert.Equal(0, await Count("select count(*) from outbox"));
    }

    [Fact]
    public async Task Post_OfAnotherVersionOfTheApi_IsKept()
    {
        var body = Event("evt_1").Replace("2026-10-28.endive", "2019-02-11", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await Send(body, Signed(body, Secret))).StatusCode);
        Assert.Equal(["evt_1 refund.created pi_1 received webhook"], await Kept());
    }

    [Theory]
    [InlineData(200 * 1024, HttpStatusCode.OK)]
    [InlineData(300 * 1024, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Post_OfALargeEvent_IsTakenUpToTheLimit(int size, HttpStatusCode expected)
    {
        var body = Event("evt_1", padding: size);

        Assert.Equal(expected, (await Send(body, Signed(body, Secret))).StatusCode);
    }

    [Fact]
    public async Task Post_WithNoSecretSet_IsRefusedForLater()
    {
        await using var panel = await PanelServer.Start();
        using var client = await panel.Client();
        var body = Event("evt_1");

        using var answer = await Send(body, Signed(body, Secret), client);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("webhooks_off", await Code(answer));
    }

    private async Task<HttpResponseMessage> Send(string body, string? signature, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        return await (client ?? _client).SendAsync(request);
    }

    private async Task IsRefused(HttpResponseMessage answer, string code)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, await Code(answer));
        Assert.Empty(await Kept());
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    private async Task<IEnumerable<string>> Kept()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.QueryAsync<string>(
            "select concat_ws(' ', event_id, type, payment_intent_id, state, came_by) from stripe_events order by event_id"
        );
    }

    private async Task<long> Count(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(sql);
    }

    private static string Signed(string body, string secret, int seconds = 0) =>
        EventUtility.GenerateSignatureHeader(body, secret, DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds());

    private static string Event(string id, string type = "refund.created", bool live = false, string? payment = "pi_1", int padding = 0) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                @object = "event",
                api_version = "2026-10-28.endive",
                created = 1_790_000_000,
                livemode = live,
                type,
                padding = new string('x', padding),
                data = new
                {
                    @object = new
                    {
                        id = "re_1",
                        @object = "refund",
                        payment_intent = payment,
                    },
                },
            }
        );
}
