using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Payments;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Payments;

/// <summary>What a lookup asks, and what it finds.</summary>
public sealed class StripePaymentsTests : IAsyncLifetime
{
    private LookupDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await LookupDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Find_Request_CarriesVersionKeyAndExpansion()
    {
        await _desk.Stripe.Payment("pi_1", 4582);

        await _desk.Find();

        var request = Assert.Single(await _desk.Stripe.Requests());
        Assert.Equal("GET /v1/payment_intents/pi_1", $"{request.Method} {request.Path}");
        Assert.Equal("2026-10-28.endive", request.StripeVersion);
        Assert.Equal("latest_charge", request.Parameters["expand[0]"]);
        Assert.StartsWith("Bearer sk_test_", request.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_SucceededPayment_ReturnsItInMajorUnits()
    {
        await _desk.Stripe.Payment("pi_3Qexample", 4582);

        var payment = LookupDesk.Found(await _desk.Find("pi_3Qexample"));

        Assert.Equal("pi_3Qexample", payment.Id);
        Assert.Equal(GatewayPaymentStatus.Succeeded, payment.Status);
        Assert.Equal("succeeded", payment.ProviderStatus);
        Assert.Equal((45.82m, 45.82m, 0m), (payment.Money.Asked, payment.Money.Received, payment.Money.Refunded));
        Assert.Equal("USD", payment.Money.Currency);
        Assert.False(payment.LiveMode);
        Assert.False(payment.Disputed);
        Assert.StartsWith("ch_", payment.Facts.ChargeId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jpy", "500")]
    [InlineData("kwd", "0.5")]
    [InlineData("isk", "5")]
    [InlineData("eur", "5")]
    public async Task Find_FiveHundredMinorUnits_FollowTheCurrency(string currency, string major)
    {
        await _desk.Stripe.Payment("pi_1", 500, currency);

        var payment = LookupDesk.Found(await _desk.Find());

        Assert.Equal(decimal.Parse(major, CultureInfo.InvariantCulture), payment.Money.Received);
        Assert.Equal(currency.ToUpperInvariant(), payment.Money.Currency);
    }

    [Fact]
    public async Task Find_LivePaymentWithLiveKey_SaysLive()
    {
        await _desk.Stripe.Payment("pi_1", 4582, livemode: true);

        var lookup = await _desk.Find("pi_1", ("ApiKey", StripeSimulation.NewKey(live: true)), ("ExpectedLiveMode", "true"));

        Assert.True(LookupDesk.Found(lookup).LiveMode);
    }

    [Fact]
    public async Task Find_LivePaymentWithTestKey_IsNotFound()
    {
        await _desk.Stripe.Payment("pi_1", 4582, livemode: true);

        Assert.IsType<PaymentLookup.NotFound>(await _desk.Find());
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
        await _desk.Stripe.Payment("pi_1", 4582, status: providerStatus);

        var payment = LookupDesk.Found(await _desk.Find());

        Assert.Equal((status, providerStatus), (payment.Status, payment.ProviderStatus));
        Assert.Equal((45.82m, 0m), (payment.Money.Asked, payment.Money.Received));
    }

    [Fact]
    public async Task Find_PartlyRefundedAndDisputedPayment_SaysBoth()
    {
        await _desk.Stripe.Payment("pi_1", 4582, amountRefunded: 1000, disputed: true);

        var payment = LookupDesk.Found(await _desk.Find());

        Assert.Equal(GatewayPaymentStatus.Succeeded, payment.Status);
        Assert.Equal((45.82m, 10m, true), (payment.Money.Received, payment.Money.Refunded, payment.Disputed));
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
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(kind));

        var p = LookupDesk.Found(await _desk.Find());

        Assert.Equal(
            expected,
            FormattableString.Invariant(
                $"{p.ProviderStatus} {p.Money.Received:0.##} {p.Money.Currency} {(p.LiveMode ? "live" : "test")} {p.Money.Refunded:0.##}{(p.Disputed ? " disputed" : "")}"
            )
        );
    }

    [Fact]
    public async Task Find_UnknownPayment_IsNotFoundAndAskedOnce()
    {
        Assert.IsType<PaymentLookup.NotFound>(await _desk.Find("pi_unknown"));
        Assert.Equal(1, await _desk.Asked());
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
        LookupDesk.Refused(await _desk.Find(id), "stripe_invalid_id");
        Assert.Equal(0, await _desk.Asked());
    }

    [Fact]
    public async Task Find_IdOf254Characters_IsRefusedWithoutARequest()
    {
        LookupDesk.Refused(await _desk.Find("pi_" + new string('a', 251)), "stripe_invalid_id");
        Assert.IsType<PaymentLookup.NotFound>(await _desk.Find("pi_" + new string('a', 250)));
        Assert.Equal(1, await _desk.Asked());
    }

    [Fact]
    public async Task Find_OneAfterTheOther_ShareAConnection()
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        var payments = _desk.Payments();

        for (var i = 0; i < 3; i++)
            LookupDesk.Found(await payments.Find("pi_1", CancellationToken.None).WaitAsync(LookupDesk.Bound));

        Assert.Single((await _desk.Stripe.Requests()).Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task Find_CallerCancels_Throws()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.Timeout));
        using var cancel = new CancellationTokenSource();

        var lookup = _desk.Payments().Find("pi_1", cancel.Token);
        while (await _desk.Asked() == 0)
            await Task.Yield();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup.WaitAsync(LookupDesk.Bound));
    }

    [Fact]
    public async Task Find_WhateverHappens_LogsNoKey()
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Find();
        await _desk.Find("pi_unknown");
        foreach (var kind in new[] { FailureKind.Unauthorized, FailureKind.ServerError, FailureKind.Reset, FailureKind.MalformedJson })
        {
            await _desk.Stripe.Fail(new Failure(kind));
            await _desk.Find("pi_1", ("Retries", "1"));
            await _desk.Stripe.ClearFailures();
        }
        await _desk.FindAnsweredWith($$$"""{"error":{"message":"Bad key {{{_desk.Key}}}"}}""", 401);
        await _desk.FindAnsweredWith($"\"{_desk.Key}\"");

        Assert.NotEmpty(_desk.Log.All);
        Assert.DoesNotContain(_desk.Log.All, line => line.Contains(_desk.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_EachOutcome_IsMeasured()
    {
        var host = _desk.Host(("Retries", "0"));
        var factory = host.GetRequiredService<IMeterFactory>();
        List<string?> outcomes = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name == PaymentMetrics.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => outcomes.Add(tags[0].Value as string));
        listener.Start();
        await _desk.Stripe.Payment("pi_1", 4582);
        var payments = host.GetRequiredService<StripePayments>();

        await payments.Find("pi_1", CancellationToken.None);
        await payments.Find("pi_unknown", CancellationToken.None);
        await _desk.Stripe.Fail(new Failure(FailureKind.RateLimited));
        await payments.Find("pi_1", CancellationToken.None);

        Assert.Equal(["found", "not_found", "stripe_rate_limited"], outcomes);
    }
}
