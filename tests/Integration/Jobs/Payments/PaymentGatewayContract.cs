using Microsoft.Extensions.Logging;
using MPanel.Jobs.Payments;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Payments;

/// <summary>What every adapter of <see cref="IPaymentGateway"/> must do, against the simulator over real HTTP.</summary>
public abstract class PaymentGatewayContract : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly List<IAsyncDisposable> _hosts = [];

    protected StripeSimulation Stripe { get; private set; } = null!;

    protected string Key { get; } = StripeSimulation.NewKey();

    /// <summary>What the gateway logged, everything down to Trace.</summary>
    protected LogLines Log { get; } = new();

    /// <summary>Three attempts at most for a lookup; a hanging one ends after <paramref name="attemptTimeout"/>.</summary>
    protected abstract (IPaymentGateway Gateway, IAsyncDisposable Host) Create(
        string baseUrl,
        string apiKey,
        TimeSpan attemptTimeout,
        ILoggerProvider log
    );

    public async ValueTask InitializeAsync() => Stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        await Stripe.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Find_SucceededPayment_ReturnsItInMajorUnits()
    {
        await Stripe.Payment("pi_3Qexample", 4582);

        var payment = Found(await Find("pi_3Qexample"));

        Assert.Equal("pi_3Qexample", payment.Id);
        Assert.Equal(GatewayPaymentStatus.Succeeded, payment.Status);
        Assert.Equal("succeeded", payment.ProviderStatus);
        Assert.Equal((45.82m, 45.82m, 0m), (payment.Amount, payment.AmountReceived, payment.AmountRefunded));
        Assert.Equal("USD", payment.Currency);
        Assert.False(payment.LiveMode);
        Assert.False(payment.Disputed);
        Assert.StartsWith("ch_", payment.ChargeId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jpy", "500")]
    [InlineData("kwd", "0.5")]
    [InlineData("isk", "5")]
    [InlineData("eur", "5")]
    public async Task Find_FiveHundredMinorUnits_FollowTheCurrency(string currency, string major)
    {
        await Stripe.Payment("pi_1", 500, currency);

        var payment = Found(await Find("pi_1"));

        Assert.Equal(decimal.Parse(major, System.Globalization.CultureInfo.InvariantCulture), payment.AmountReceived);
        Assert.Equal(currency.ToUpperInvariant(), payment.Currency);
    }

    [Fact]
    public async Task Find_LivePaymentWithLiveKey_SaysLive()
    {
        await Stripe.Payment("pi_1", 4582, livemode: true);

        Assert.True(Found(await Find("pi_1", StripeSimulation.NewKey(live: true))).LiveMode);
    }

    [Fact]
    public async Task Find_LivePaymentWithTestKey_IsNotFound()
    {
        await Stripe.Payment("pi_1", 4582, livemode: true);

        Assert.IsType<PaymentLookup.NotFound>(await Find("pi_1"));
    }

    [Theory]
    [InlineData("processing", GatewayPaymentStatus.Pending)]
    [InlineData("requires_action", GatewayPaymentStatus.Pending)]
    [InlineData("requires_confirmation", GatewayPaymentStatus.Pending)]
    [InlineData("requires_capture", GatewayPaymentStatus.Pending)]
    [InlineData("requires_payment_method", GatewayPaymentStatus.Pending)]
    [InlineData("canceled", GatewayPaymentStatus.Cancelled)]
    public async Task Find_PaymentNotPaid_KeepsTheProvidersWord(string providerStatus, GatewayPaymentStatus status)
    {
        await Stripe.Payment("pi_1", 4582, status: providerStatus);

        var payment = Found(await Find("pi_1"));

        Assert.Equal((status, providerStatus), (payment.Status, payment.ProviderStatus));
        Assert.Equal((45.82m, 0m), (payment.Amount, payment.AmountReceived));
    }

    [Fact]
    public async Task Find_PartlyRefundedAndDisputedPayment_SaysBoth()
    {
        await Stripe.Payment("pi_1", 4582, amountRefunded: 1000, disputed: true);

        var payment = Found(await Find("pi_1"));

        Assert.Equal(GatewayPaymentStatus.Succeeded, payment.Status);
        Assert.Equal((45.82m, 10m, true), (payment.AmountReceived, payment.AmountRefunded, payment.Disputed));
    }

    [Theory]
    [InlineData(FailureKind.WrongAmount, "succeeded 45.81 USD test 0")]
    [InlineData(FailureKind.WrongCurrency, "succeeded 45.82 EUR test 0")]
    [InlineData(FailureKind.ModeMismatch, "succeeded 45.82 USD live 0")]
    [InlineData(FailureKind.Refunded, "succeeded 45.82 USD test 45.82")]
    [InlineData(FailureKind.Disputed, "succeeded 45.82 USD test 0 disputed")]
    [InlineData(FailureKind.Processing, "processing 0 USD test 0")]
    [InlineData(FailureKind.Canceled, "canceled 0 USD test 0")]
    [InlineData(FailureKind.Decline, "requires_payment_method 0 USD test 0")]
    public async Task Find_PaymentThatIsNotAsOrdered_IsFoundAsStripeShowsIt(FailureKind kind, string expected)
    {
        await Stripe.Payment("pi_1", 4582);
        await Stripe.Fail(new Failure(kind));

        var p = Found(await Find("pi_1"));

        Assert.Equal(
            expected,
            FormattableString.Invariant(
                $"{p.ProviderStatus} {p.AmountReceived:0.##} {p.Currency} {(p.LiveMode ? "live" : "test")} {p.AmountRefunded:0.##}{(p.Disputed ? " disputed" : "")}"
            )
        );
    }

    [Fact]
    public async Task Find_UnknownPayment_IsNotFoundAndAskedOnce()
    {
        Assert.IsType<PaymentLookup.NotFound>(await Find("pi_unknown"));
        Assert.Single(await Stripe.Requests());
    }

    [Theory]
    [InlineData(FailureKind.ServerError, "stripe_error")]
    [InlineData(FailureKind.Conflict, "stripe_error")]
    [InlineData(FailureKind.RateLimited, "stripe_rate_limited")]
    [InlineData(FailureKind.Reset, "stripe_unreachable")]
    [InlineData(FailureKind.Truncated, "stripe_unreachable")]
    [InlineData(FailureKind.Timeout, "stripe_timeout")]
    public async Task Find_TroubleThatLasts_IsUnavailableAfterThreeAttempts(FailureKind kind, string code)
    {
        await Stripe.Payment("pi_1", 4582);
        await Stripe.Fail(new Failure(kind));

        var lookup = await Find("pi_1", attemptTimeout: kind == FailureKind.Timeout ? TimeSpan.FromMilliseconds(300) : null);

        Assert.Equal(code, Assert.IsType<PaymentLookup.Unavailable>(lookup).Code);
        Assert.Equal(3, (await Stripe.Requests()).Count);
    }

    [Theory]
    [InlineData(FailureKind.ServerError)]
    [InlineData(FailureKind.Conflict)]
    [InlineData(FailureKind.RateLimited)]
    [InlineData(FailureKind.Reset)]
    [InlineData(FailureKind.Truncated)]
    public async Task Find_TroubleThatPasses_FindsThePaymentAtTheSecondAttempt(FailureKind kind)
    {
        await Stripe.Payment("pi_1", 4582);
        await Stripe.Fail(new Failure(kind, PaymentIntent: "pi_1", Count: 1));

        Assert.Equal(45.82m, Found(await Find("pi_1")).AmountReceived);
        Assert.Equal([kind.ToString(), null], (await Stripe.Requests()).Select(r => r.Failure));
    }

    [Fact]
    public async Task Find_SlowAnswerWithinTheTimeout_IsFoundAtTheFirstAttempt()
    {
        await Stripe.Payment("pi_1", 4582);
        await Stripe.Fail(new Failure(FailureKind.Slow, DelayMs: 300));

        Found(await Find("pi_1", attemptTimeout: Bound));
        Assert.Single(await Stripe.Requests());
    }

    [Fact]
    public async Task Find_RateLimitedForLonger_LeavesTheWaitToTheCaller()
    {
        await Stripe.Fail(new Failure(FailureKind.RateLimited, RetryAfterSeconds: 5));

        var unavailable = Assert.IsType<PaymentLookup.Unavailable>(await Find("pi_1"));

        Assert.Equal(TimeSpan.FromSeconds(5), unavailable.RetryAfter);
        Assert.Single(await Stripe.Requests());
    }

    [Fact]
    public async Task Find_ErrorStripeSaysNotToRetry_IsAskedOnce()
    {
        await Stripe.Fail(new Failure(FailureKind.ServerError, ShouldRetry: false));

        Assert.IsType<PaymentLookup.Unavailable>(await Find("pi_1"));
        Assert.Single(await Stripe.Requests());
    }

    [Fact]
    public async Task Find_ErrorStripeSaysToRetry_IsAskedAgain()
    {
        await Stripe.Payment("pi_1", 4582);
        await Stripe.Fail(new Failure(FailureKind.ServerError, Status: 400, ShouldRetry: true, Count: 1));

        Found(await Find("pi_1"));
        Assert.Equal(2, (await Stripe.Requests()).Count);
    }

    [Fact]
    public async Task Find_NobodyListening_IsUnreachable()
    {
        var gateway = Gateway($"http://127.0.0.1:{PostgresCluster.FreePort()}", Key, Bound);

        var lookup = await gateway.Find("pi_1", CancellationToken.None).WaitAsync(Bound);

        Assert.Equal("stripe_unreachable", Assert.IsType<PaymentLookup.Unavailable>(lookup).Code);
    }

    [Fact]
    public async Task Find_MalformedAnswer_IsUnavailable()
    {
        await Stripe.Fail(new Failure(FailureKind.MalformedJson));

        Assert.Equal("stripe_error", Assert.IsType<PaymentLookup.Unavailable>(await Find("pi_1")).Code);
    }

    [Fact]
    public async Task Find_WrongKey_IsRefusedAskedOnceAndNamesNoKey()
    {
        await Stripe.Fail(new Failure(FailureKind.Unauthorized));

        var refused = Assert.IsType<PaymentLookup.Refused>(await Find("pi_1"));

        Assert.Equal("stripe_unauthorized", refused.Code);
        Assert.DoesNotContain(Key, refused.Message, StringComparison.Ordinal);
        Assert.Single(await Stripe.Requests());
    }

    [Theory]
    [InlineData("pi_../../x")]
    [InlineData("pi_1/../../customers")]
    [InlineData("pi_1?expand[]=x")]
    [InlineData("pi_1%2f..")]
    [InlineData("pi_1\n")]
    [InlineData("pi_1\r\nX-Injected: 1")]
    [InlineData("pi_")]
    [InlineData("pi_ä")]
    [InlineData("ch_1")]
    [InlineData("")]
    public async Task Find_WhatIsNoPaymentIntentId_IsRefusedWithoutARequest(string id)
    {
        Assert.Equal("stripe_invalid_id", Assert.IsType<PaymentLookup.Refused>(await Find(id)).Code);
        Assert.Empty(await Stripe.Requests());
    }

    [Fact]
    public async Task Find_IdOf254Characters_IsRefusedWithoutARequest()
    {
        Assert.IsType<PaymentLookup.Refused>(await Find("pi_" + new string('a', 251)));
        Assert.IsType<PaymentLookup.NotFound>(await Find("pi_" + new string('a', 250)));
        Assert.Single(await Stripe.Requests());
    }

    [Fact]
    public async Task Find_CallerCancels_Throws()
    {
        await Stripe.Fail(new Failure(FailureKind.Timeout));
        using var cancel = new CancellationTokenSource();

        var lookup = Gateway(Stripe.Url, Key, Bound).Find("pi_1", cancel.Token);
        while ((await Stripe.Requests()).Count == 0)
            await Task.Yield();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup.WaitAsync(Bound));
    }

    [Fact]
    public async Task Find_WhateverHappens_LogsNoKey()
    {
        await Stripe.Payment("pi_1", 4582);
        await Find("pi_1");
        await Find("pi_unknown");
        foreach (var kind in new[] { FailureKind.Unauthorized, FailureKind.ServerError, FailureKind.Reset, FailureKind.MalformedJson })
        {
            await Stripe.Fail(new Failure(kind));
            await Find("pi_1");
            await Stripe.ClearFailures();
        }

        Assert.NotEmpty(Log.All);
        Assert.DoesNotContain(Log.All, line => line.Contains(Key, StringComparison.Ordinal));
    }

    protected static GatewayPayment Found(PaymentLookup lookup) => Assert.IsType<PaymentLookup.Found>(lookup).Payment;

    protected Task<PaymentLookup> Find(string id, string? key = null, TimeSpan? attemptTimeout = null) =>
        Gateway(Stripe.Url, key ?? Key, attemptTimeout ?? TimeSpan.FromSeconds(5)).Find(id, CancellationToken.None).WaitAsync(Bound);

    private IPaymentGateway Gateway(string baseUrl, string key, TimeSpan attemptTimeout)
    {
        var (gateway, host) = Create(baseUrl, key, attemptTimeout, Log);
        _hosts.Add(host);
        return gateway;
    }
}
