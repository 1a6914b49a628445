using MPanel.Jobs.Payments;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Payments;

/// <summary>Lookups while Stripe, or the way to it, is in trouble: what is asked again, how often, and how it ends.</summary>
public sealed class StripeTroubleTests : IAsyncLifetime
{
    private LookupDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await LookupDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Theory]
    [InlineData(FailureKind.ServerError, "stripe_error")]
    [InlineData(FailureKind.Conflict, "stripe_error")]
    [InlineData(FailureKind.Reset, "stripe_unreachable")]
    [InlineData(FailureKind.Truncated, "stripe_unreachable")]
    [InlineData(FailureKind.Timeout, "stripe_timeout")]
    public async Task Find_TroubleThatLasts_IsUnavailableAfterThreeAttempts(FailureKind kind, string code)
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(kind));

        var lookup = await _desk.Find("pi_1", ("AttemptTimeout", kind == FailureKind.Timeout ? "00:00:01" : "00:00:20"));

        LookupDesk.Unavailable(lookup, code);
        Assert.Equal(3, await _desk.Asked());
    }

    [Theory]
    [InlineData(FailureKind.ServerError)]
    [InlineData(FailureKind.Conflict)]
    [InlineData(FailureKind.Reset)]
    [InlineData(FailureKind.Truncated)]
    public async Task Find_TroubleThatPasses_FindsThePaymentAtTheSecondAttempt(FailureKind kind)
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(kind, PaymentIntent: "pi_1", Count: 1));

        Assert.Equal(45.82m, LookupDesk.Found(await _desk.Find()).Money.Received);
        Assert.Equal([kind.ToString(), null], (await _desk.Stripe.Requests()).Select(r => r.Failure));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Find_Retries_AreTheSetting(int retries)
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError));

        LookupDesk.Unavailable(await _desk.Find("pi_1", ("Retries", $"{retries}")), "stripe_error");

        Assert.Equal(retries + 1, await _desk.Asked());
    }

    [Fact]
    public async Task Find_MoreAttemptsThanTheTotalAllows_EndsAsATimeoutBeforeTheLast()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError));

        var lookup = await _desk.Find("pi_1", ("Retries", "5"), ("AttemptTimeout", "00:00:01"), ("TotalTimeout", "00:00:01"));

        LookupDesk.Unavailable(lookup, "stripe_timeout");
        Assert.InRange(await _desk.Asked(), 0, 5);
    }

    [Fact]
    public async Task Find_CallerCancelsBetweenAttempts_Throws()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError));
        using var cancel = new CancellationTokenSource();

        var lookup = _desk.Payments(("Retries", "5")).Find("pi_1", cancel.Token);
        while ((await _desk.Stripe.Requests()).All(r => r.Status is null))
            await Task.Yield();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup.WaitAsync(LookupDesk.Bound));
        Assert.InRange(await _desk.Asked(), 1, 5);
    }

    [Fact]
    public async Task Find_SlowAnswerWithinTheTimeout_IsFoundAtTheFirstAttempt()
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(FailureKind.Slow, DelayMs: 300));

        LookupDesk.Found(await _desk.Find());
        Assert.Equal(1, await _desk.Asked());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task Find_RateLimited_IsAskedOnceAndLeavesTheWaitToTheCaller(int? seconds)
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(FailureKind.RateLimited, RetryAfterSeconds: seconds));

        var unavailable = LookupDesk.Unavailable(await _desk.Find(), "stripe_rate_limited");

        Assert.Equal(seconds, unavailable.RetryAfter?.TotalSeconds);
        Assert.Equal(1, await _desk.Asked());
    }

    [Theory]
    [InlineData("172800", 3600)]
    [InlineData("30", 30)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Find_RetryAfter_IsReadAndCapped(string header, int? seconds)
    {
        foreach (var (status, code) in new[] { (429, "stripe_rate_limited"), (503, "stripe_error") })
        {
            var lookup = await _desk.FindAnsweredWith("", status, ("Retry-After", header));

            Assert.Equal(seconds, LookupDesk.Unavailable(lookup, code).RetryAfter?.TotalSeconds);
        }
    }

    [Fact]
    public async Task Find_ErrorStripeSaysNotToRetry_IsAskedOnce()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError, ShouldRetry: false));

        LookupDesk.Unavailable(await _desk.Find(), "stripe_error");
        Assert.Equal(1, await _desk.Asked());
    }

    [Fact]
    public async Task Find_ErrorStripeSaysToRetry_IsAskedAgain()
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError, Status: 400, ShouldRetry: true, Count: 1));

        LookupDesk.Found(await _desk.Find());
        Assert.Equal(2, await _desk.Asked());
    }

    [Fact]
    public async Task Find_ErrorStripeSaysToRetryForEver_IsUnavailable()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.ServerError, Status: 400, ShouldRetry: true));

        LookupDesk.Unavailable(await _desk.Find(), "stripe_error");
    }

    [Fact]
    public async Task Find_NobodyListening_IsUnreachable()
    {
        var lookup = await _desk.Find("pi_1", ("BaseUrl", $"http://127.0.0.1:{PostgresCluster.FreePort()}"));

        LookupDesk.Unavailable(lookup, "stripe_unreachable");
    }

    [Fact]
    public async Task Find_WrongKey_IsRefusedAskedOnceAndNamesNoKey()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.Unauthorized));

        var refused = LookupDesk.Refused(await _desk.Find(), "stripe_unauthorized");

        Assert.DoesNotContain(_desk.Key, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await _desk.Asked());
    }

    [Theory]
    [InlineData(400, "stripe_refused")]
    [InlineData(402, "stripe_refused")]
    [InlineData(401, "stripe_unauthorized")]
    [InlineData(403, "stripe_forbidden")]
    [InlineData(404, "stripe_refused")]
    public async Task Find_StatusThatAskingAgainDoesNotMend_IsRefusedWithWhatStripeSays(int status, string code)
    {
        var refused = LookupDesk.Refused(await _desk.FindAnsweredWith("""{"error":{"message":"No."}}""", status), code);

        Assert.Matches($@"^Stripe answered {status} \(request req_\w+\): No\.$", refused.Message);
    }

    [Fact]
    public async Task Find_StatusWithoutABody_IsRefused() =>
        LookupDesk.Refused(await _desk.FindAnsweredWith("", status: 204), "stripe_refused");

    [Fact]
    public async Task Find_Redirect_IsRefusedAndNotFollowed()
    {
        await using var elsewhere = await StripeSimulation.Start();
        await elsewhere.Payment("pi_1", 4582);

        var lookup = await _desk.FindAnsweredWith("", 302, ("Location", $"{elsewhere.Url}/v1/payment_intents/pi_1?expand[]=latest_charge"));

        LookupDesk.Refused(lookup, "stripe_refused");
        Assert.Empty(await elsewhere.Requests());
    }

    [Theory]
    [InlineData(408, "stripe_error")]
    [InlineData(409, "stripe_error")]
    [InlineData(424, "stripe_error")]
    [InlineData(429, "stripe_rate_limited")]
    [InlineData(500, "stripe_error")]
    [InlineData(502, "stripe_error")]
    [InlineData(503, "stripe_error")]
    public async Task Find_StatusThatMayPass_IsUnavailableWhateverTheBody(int status, string code)
    {
        foreach (var body in new[] { "<html>Try later</html>", "", """{"error":{"message":"Later."}}""" })
            LookupDesk.Unavailable(await _desk.FindAnsweredWith(body, status), code);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"error":null}""")]
    [InlineData("""{"error":7}""")]
    public async Task Find_ErrorOfAnotherShape_IsUnavailable(string body) =>
        LookupDesk.Unavailable(await _desk.FindAnsweredWith(body, status: 500), "stripe_error");

    [Fact]
    public async Task Find_ErrorThatEchoesAKeyAndControlCharacters_IsMaskedCleanedAndCapped()
    {
        var key = StripeSimulation.NewKey(live: true);
        var body = """{"error":{"message":"Bad key KEY\u001b[31m\nred REST"}}"""
            .Replace("KEY", key, StringComparison.Ordinal)
            .Replace("REST", new string('x', 2000), StringComparison.Ordinal);

        var message = LookupDesk.Refused(await _desk.FindAnsweredWith(body, 401), "stripe_unauthorized").Message;

        Assert.DoesNotContain(key["sk_live_".Length..], message, StringComparison.Ordinal);
        Assert.Contains("sk_live_***", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 1, 301);
    }
}
