using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Payments.StripeHttp;

namespace MPanel.Tests.Unit.Jobs.Payments.StripeHttp;

/// <summary>Answers that no well-behaved server gives.</summary>
public sealed class StripeHttpGatewayTests
{
    private const string Good = """
        {"id":"pi_1","object":"payment_intent","amount":4582,"amount_received":4582,"currency":"usd","status":"succeeded","livemode":true,
         "latest_charge":{"id":"ch_1","object":"charge","amount_refunded":0,"disputed":false}}
        """;

    [Fact]
    public async Task Find_GoodAnswer_IsFound() => Assert.IsType<PaymentLookup.Found>(await Find(HttpStatusCode.OK, Good));

    [Theory]
    [InlineData("\"amount\":4582", "\"amount\":\"4582\"")]
    [InlineData("\"amount\":4582", "\"amount\":45.82")]
    [InlineData("\"amount\":4582", "\"amount\":99999999999999999999")]
    [InlineData("\"amount\":4582", "\"amount\":9223372036854775807")]
    [InlineData("\"amount\":4582", "\"amount\":-1")]
    [InlineData("\"amount\":4582", "\"amount\":1,\"amount\":4582")]
    [InlineData("\"amount\":4582,", "")]
    [InlineData("\"amount_received\":4582,", "")]
    [InlineData("\"livemode\":true,", "")]
    [InlineData("\"livemode\":true", "\"livemode\":null")]
    [InlineData("\"currency\":\"usd\"", "\"currency\":\"usdt\"")]
    [InlineData("\"currency\":\"usd\"", "\"currency\":null")]
    [InlineData("\"status\":\"succeeded\"", "\"status\":\"almost\"")]
    [InlineData("\"status\":\"succeeded\"", "\"status\":\"\\ud800\"")]
    [InlineData("\"id\":\"pi_1\"", "\"id\":\"pi_2\"")]
    [InlineData("\"object\":\"payment_intent\"", "\"object\":\"setup_intent\"")]
    [InlineData("\"disputed\":false", "\"disputed\":0")]
    [InlineData("\"amount_refunded\":0,", "")]
    [InlineData("\"amount_refunded\":0", "\"amount_refunded\":-5")]
    public async Task Find_AnswerNotUnderstoodEntirely_IsRefused(string part, string instead)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);

        var lookup = await Find(HttpStatusCode.OK, Good.Replace(part, instead, StringComparison.Ordinal));

        Assert.Equal("stripe_unexpected_answer", Assert.IsType<PaymentLookup.Refused>(lookup).Code);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"ch_1\"")]
    public async Task Find_SucceededWithoutItsCharge_IsRefused(string charge)
    {
        var body = Good[..Good.IndexOf("{\"id\":\"ch_1\"", StringComparison.Ordinal)] + charge + "}";

        Assert.Equal("stripe_unexpected_answer", Assert.IsType<PaymentLookup.Refused>(await Find(HttpStatusCode.OK, body)).Code);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    public async Task Find_JsonOfAnotherShape_IsRefused(string body) =>
        Assert.Equal("stripe_unexpected_answer", Assert.IsType<PaymentLookup.Refused>(await Find(HttpStatusCode.OK, body)).Code);

    [Theory]
    [InlineData("")]
    [InlineData("<html>502</html>")]
    [InlineData("{\"id\":")]
    public async Task Find_WhatIsNotJson_IsUnavailable(string body) =>
        Assert.Equal("stripe_error", Assert.IsType<PaymentLookup.Unavailable>(await Find(HttpStatusCode.OK, body)).Code);

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "stripe_refused")]
    [InlineData(HttpStatusCode.PaymentRequired, "stripe_refused")]
    [InlineData(HttpStatusCode.Unauthorized, "stripe_unauthorized")]
    [InlineData(HttpStatusCode.Forbidden, "stripe_forbidden")]
    [InlineData(HttpStatusCode.NotFound, "stripe_refused")]
    [InlineData(HttpStatusCode.Found, "stripe_refused")]
    [InlineData(HttpStatusCode.NoContent, "stripe_refused")]
    public async Task Find_StatusThatAskingAgainDoesNotMend_IsRefused(HttpStatusCode status, string code) =>
        Assert.Equal(code, Assert.IsType<PaymentLookup.Refused>(await Find(status, """{"error":{"message":"No."}}""")).Code);

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout, "stripe_error")]
    [InlineData(HttpStatusCode.Conflict, "stripe_error")]
    [InlineData(HttpStatusCode.FailedDependency, "stripe_error")]
    [InlineData(HttpStatusCode.TooManyRequests, "stripe_rate_limited")]
    [InlineData(HttpStatusCode.InternalServerError, "stripe_error")]
    [InlineData(HttpStatusCode.BadGateway, "stripe_error")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "stripe_error")]
    public async Task Find_StatusThatMayPass_IsUnavailable(HttpStatusCode status, string code) =>
        Assert.Equal(code, Assert.IsType<PaymentLookup.Unavailable>(await Find(status, "<html>Try later</html>")).Code);

    [Fact]
    public async Task Find_MissingObject_IsNotFound() =>
        Assert.IsType<PaymentLookup.NotFound>(await Find(HttpStatusCode.NotFound, """{"error":{"code":"resource_missing"}}"""));

    [Fact]
    public async Task Find_ErrorThatEchoesAKeyAndControlCharacters_IsMaskedCleanedAndCapped()
    {
        var key = $"sk_live_{Guid.NewGuid():N}";
        var body = """{"error":{"message":"Bad key KEY\u001b[31m\nred REST"}}"""
            .Replace("KEY", key, StringComparison.Ordinal)
            .Replace("REST", new string('x', 2000), StringComparison.Ordinal);

        var message = Assert.IsType<PaymentLookup.Refused>(await Find(HttpStatusCode.Unauthorized, body)).Message;

        Assert.DoesNotContain(key["sk_live_".Length..], message, StringComparison.Ordinal);
        Assert.Contains("sk_live_***", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 1, 301);
    }

    [Theory]
    [InlineData("172800", 3600)]
    [InlineData("30", 30)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Find_RetryAfter_IsReadAndCapped(string header, int? seconds)
    {
        var lookup = await Find(HttpStatusCode.TooManyRequests, "", header);

        Assert.Equal(seconds, Assert.IsType<PaymentLookup.Unavailable>(lookup).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Find_EachOutcome_IsMeasured()
    {
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = meters.GetRequiredService<IMeterFactory>();
        List<string?> outcomes = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name == "MPanel.Payments")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => outcomes.Add(tags[0].Value as string));
        listener.Start();

        await Find(HttpStatusCode.OK, Good, metrics: new PaymentMetrics(factory));
        await Find(HttpStatusCode.TooManyRequests, "", metrics: new PaymentMetrics(factory));

        Assert.Equal(["found", "stripe_rate_limited"], outcomes);
    }

    private static async Task<PaymentLookup> Find(
        HttpStatusCode status,
        string body,
        string? retryAfter = null,
        PaymentMetrics? metrics = null
    )
    {
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var http = new HttpClient(new Answering(status, body, retryAfter)) { BaseAddress = new Uri("https://stripe.example") };
        var requests = new StripeRequests(
            http,
            Options.Create(new StripeOptions { Retries = 0 }),
            TimeProvider.System,
            NullLogger<StripeRequests>.Instance
        );
        var gateway = new StripeHttpGateway(
            requests,
            metrics ?? new PaymentMetrics(meters.GetRequiredService<IMeterFactory>()),
            TimeProvider.System,
            NullLogger<StripeHttpGateway>.Instance
        );
        return await gateway.Find("pi_1", CancellationToken.None);
    }

    private sealed class Answering(HttpStatusCode status, string body, string? retryAfter) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            if (retryAfter is not null)
                response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(response);
        }
    }
}
