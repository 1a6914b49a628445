using System.Net;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Wire;

public sealed class IdempotencyKeysTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync() => await _stripe.DisposeAsync();

    [Fact]
    public async Task Create_SameKeyTwice_IsAnsweredFromTheFirst()
    {
        var first = await Create("key-1");
        var second = await Create("key-1");

        Assert.Equal(first.Id, second.Id);
        Assert.Equal([first.StripeResponse.RequestId], second.StripeResponse.Headers.GetValues("Original-Request"));
        Assert.NotEqual(first.StripeResponse.RequestId, second.StripeResponse.RequestId);
        Assert.Equal("key-1", second.StripeResponse.IdempotencyKey);
        Assert.False(first.StripeResponse.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task Create_DeclinedOnce_IsDeclinedAgainWithoutASecondAttempt()
    {
        var first = await Assert.ThrowsAsync<StripeException>(() => Create("key-1", "pm_card_visa_chargeDeclinedInsufficientFunds"));
        var second = await Assert.ThrowsAsync<StripeException>(() => Create("key-1", "pm_card_visa_chargeDeclinedInsufficientFunds"));

        Assert.Equal(HttpStatusCode.PaymentRequired, second.HttpStatusCode);
        Assert.Equal(first.StripeError.Charge, second.StripeError.Charge);
        Assert.Single(await Payments());
    }

    [Fact]
    public async Task Create_OtherParameters_IsAnIdempotencyError()
    {
        await Create("key-1");

        var refused = await Assert.ThrowsAsync<StripeException>(() => Create("key-1", amount: 4583));

        Assert.Equal(
            (HttpStatusCode.BadRequest, "idempotency_error", null),
            (refused.HttpStatusCode, refused.StripeError.Type, refused.StripeError.Code)
        );
    }

    [Fact]
    public async Task Create_WhileTheFirstIsUnderWay_IsAConflict()
    {
        await _stripe.Fail(new Failure(FailureKind.Slow, When: FailureMoment.During, DelayMs: 60_000, Count: 1));
        var first = Create("key-1");
        await Wait.Until(async () => (await _stripe.Requests()).Count == 1, "the first call");

        var refused = await Assert.ThrowsAsync<StripeException>(() => Create("key-1"));
        await _stripe.ClearFailures();
        var paid = await first;

        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_in_use"), (refused.HttpStatusCode, refused.StripeError.Code));
        Assert.Equal(paid.Id, (await Create("key-1")).Id);
    }

    [Fact]
    public async Task Create_CallerLeavesDuringTheCall_IsFinishedAllTheSame()
    {
        await _stripe.Fail(new Failure(FailureKind.Slow, When: FailureMoment.During, DelayMs: 60_000, Count: 1));
        using var patience = new CancellationTokenSource();
        var first = Create("key-1", stop: patience.Token);
        await Wait.Until(async () => (await _stripe.Requests()).Count == 1, "the first call");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await _stripe.ClearFailures();

        await Wait.Until(async () => (await Payments()).Count == 1, "the charge");
    }

    [Fact]
    public async Task Create_WrongParameter_LeavesTheKeyFree()
    {
        await Assert.ThrowsAsync<StripeException>(() => Create("key-1", amount: 0));

        Assert.Equal("succeeded", (await Create("key-1")).Status);
    }

    [Fact]
    public async Task Confirm_RefusedForTheObjectsState_IsKept()
    {
        var paid = await Create("key-1");
        var confirm = new RequestOptions { IdempotencyKey = "key-2" };
        await Assert.ThrowsAsync<StripeException>(() => _stripe.Client().V1.PaymentIntents.ConfirmAsync(paid.Id, null, confirm));

        var again = await Assert.ThrowsAsync<StripeException>(() =>
            _stripe.Client().V1.PaymentIntents.ConfirmAsync(paid.Id, null, confirm)
        );

        Assert.Equal(["true"], again.StripeResponse.Headers.GetValues("Idempotent-Replayed"));
    }

    [Theory]
    [InlineData(24 * 3600 - 60, 1)]
    [InlineData(24 * 3600, 2)]
    public async Task Create_SameKeyLater_IsANewCallAfterADay(int seconds, int charged)
    {
        await Create("key-1");

        await _stripe.Advance(TimeSpan.FromSeconds(seconds));
        await Create("key-1");

        Assert.Equal(charged, (await Payments()).Count);
    }

    [Fact]
    public async Task Create_SameKeyAfterARestart_IsAnsweredFromTheFirst()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-stripe-");
        var file = Path.Combine(directory.FullName, "state.json");
        string id;
        await using (var before = await StripeSimulation.Start(file))
            id = (await Create("key-1", stripe: before)).Id;

        await using var after = await StripeSimulation.Start(file);

        Assert.Equal(id, (await Create("key-1", stripe: after)).Id);
        directory.Delete(recursive: true);
    }

    private Task<PaymentIntent> Create(
        string key,
        string method = "pm_card_visa",
        long amount = 4582,
        StripeSimulation? stripe = null,
        CancellationToken stop = default
    ) =>
        (stripe ?? _stripe)
            .Client()
            .V1.PaymentIntents.CreateAsync(
                new PaymentIntentCreateOptions
                {
                    Amount = amount,
                    Currency = "usd",
                    Confirm = true,
                    PaymentMethod = method,
                },
                new RequestOptions { IdempotencyKey = key },
                stop
            );

    private async Task<List<PaymentIntent>> Payments() => (await _stripe.Client().V1.PaymentIntents.ListAsync()).Data;
}
