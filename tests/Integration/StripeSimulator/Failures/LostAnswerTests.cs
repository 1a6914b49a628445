using System.Net;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Failures;

/// <summary>Charged, but the answer was lost: what tells a client that repeats its key from one that charges twice.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private const string Intents = "/v1/payment_intents";
    private StripeSimulation _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync() => await _stripe.DisposeAsync();

    [Theory]
    [InlineData(FailureKind.Reset)]
    [InlineData(FailureKind.Truncated)]
    [InlineData(FailureKind.MalformedJson)]
    [InlineData(FailureKind.Conflict)]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.Verbatim)]
    public async Task Create_AnswerLostAfterTheCharge_ChargesOnceWhenTheKeyIsRepeated(FailureKind kind)
    {
        await Lose(kind);
        await Assert.ThrowsAnyAsync<Exception>(() => Create("key-1"));
        var paid = Assert.Single(await Payments());

        var again = await Create("key-1");

        Assert.Equal((paid.Id, "succeeded"), (again.Id, again.Status));
        Assert.Single(await Payments());
        Assert.Equal(["true"], again.StripeResponse.Headers.GetValues("Idempotent-Replayed"));
    }

    [Fact]
    public async Task Create_AnswerLostAfterTheCharge_ChargesTwiceWithAnotherKey()
    {
        await Lose(FailureKind.Reset);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Create("key-1"));

        await Create("key-2");

        Assert.Equal(2, (await Payments()).Count);
    }

    [Fact]
    public async Task Create_NoAnswerInTime_HasCharged()
    {
        await Lose(FailureKind.Timeout);
        using var patience = new CancellationTokenSource();
        var asked = Create("key-1", stop: patience.Token);
        await Wait.Until(async () => (await Payments()).Count == 1, "the charge");
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal("succeeded", (await Create("key-1")).Status);
        Assert.Single(await Payments());
    }

    [Theory]
    [InlineData(FailureKind.Reset)]
    [InlineData(FailureKind.Truncated)]
    public async Task Create_LibraryRepeatsByItself_ChargesOnce(FailureKind kind)
    {
        await Lose(kind);

        var payment = await Create("key-1", retries: 1);

        Assert.Equal("succeeded", payment.Status);
        Assert.Single(await Payments());
        Assert.Equal([kind.ToString(), null], (await _stripe.Requests()).Where(r => r.Method == "POST").Select(r => r.Failure));
    }

    [Theory]
    [InlineData(FailureMoment.After, 1)]
    [InlineData(FailureMoment.During, 0)]
    public async Task Create_ServerErrorOnceTheWorkBegan_IsKeptForTheKey(FailureMoment when, int charged)
    {
        await Lose(FailureKind.ServerError, when);

        var first = await Assert.ThrowsAsync<StripeException>(() => Create("key-1", retries: 2));
        var second = await Assert.ThrowsAsync<StripeException>(() => Create("key-1"));

        Assert.Equal(
            [HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError],
            [first.HttpStatusCode, second.HttpStatusCode]
        );
        Assert.Equal(["true"], second.StripeResponse.Headers.GetValues("Idempotent-Replayed"));
        Assert.Equal(charged, (await Payments()).Count);
    }

    [Fact]
    public async Task Create_ServerErrorBeforeAnything_IsForgotten()
    {
        await Lose(FailureKind.ServerError, FailureMoment.Before);

        var payment = await Create("key-1", retries: 1);

        Assert.Equal("succeeded", payment.Status);
    }

    [Fact]
    public async Task Failure_OfPosts_ConcernsNoGet()
    {
        await Lose(FailureKind.ServerError, FailureMoment.Before);

        Assert.Empty(await Payments());
        await Assert.ThrowsAsync<StripeException>(() => Create("key-1"));
    }

    [Fact]
    public async Task Control_ResetDuringACall_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => Lose(FailureKind.Reset, FailureMoment.During));

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
    }

    private Task Lose(FailureKind kind, FailureMoment when = FailureMoment.After) =>
        _stripe.Fail(
            new Failure(kind, Path: Intents, Method: "POST", When: when, Count: 1, Status: kind == FailureKind.Verbatim ? 502 : null)
        );

    private Task<PaymentIntent> Create(string key, int retries = 0, CancellationToken stop = default) =>
        _stripe
            .Client(retries)
            .V1.PaymentIntents.CreateAsync(
                new PaymentIntentCreateOptions
                {
                    Amount = 4582,
                    Currency = "usd",
                    Confirm = true,
                    PaymentMethod = "pm_card_visa",
                    AllowedPaymentMethodTypes = ["card"],
                },
                new RequestOptions { IdempotencyKey = key },
                stop
            );

    private async Task<List<PaymentIntent>> Payments() => (await _stripe.Client().V1.PaymentIntents.ListAsync()).Data;
}
