using System.Net;
using MPanel.StripeSimulator.Failures;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Payments;

/// <summary>What Stripe does not charge, and how it says that it is asked too much.</summary>
public sealed class AmountsTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Theory]
    [InlineData("usd", 49, "amount_too_small")]
    [InlineData("gbp", 29, "amount_too_small")]
    [InlineData("huf", 17_499, "amount_too_small")]
    [InlineData("usd", 100_000_000, "amount_too_large")]
    [InlineData("inr", 1_000_000_000, "amount_too_large")]
    [InlineData("isk", 1001, null)]
    [InlineData("kwd", 1001, null)]
    [InlineData("xyz", 1000, null)]
    public async Task Create_OfAnAmountThatIsNotCharged_IsRefused(string currency, long amount, string? code)
    {
        var refused = await StripeDesk.Refused(() => Create(currency, amount), code: code);

        Assert.Equal(currency == "xyz" ? "currency" : "amount", refused.StripeError.Param);
    }

    [Theory]
    [InlineData("usd", 50)]
    [InlineData("gbp", 30)]
    [InlineData("USD", 99_999_999)]
    [InlineData("inr", 999_999_999)]
    [InlineData("idr", 999_999_999_999)]
    [InlineData("isk", 1000)]
    [InlineData("kwd", 1010)]
    public async Task Create_AtTheLimit_IsTaken(string currency, long amount)
    {
        var payment = await Create(currency, amount);

        Assert.Equal((amount, currency.ToLowerInvariant()), (payment.Amount, payment.Currency));
    }

    [Fact]
    public async Task Create_WithTooMuchMetadata_IsRefused()
    {
        foreach (
            var metadata in new Dictionary<string, string>[]
            {
                new() { [new string('k', 41)] = "1" },
                new() { ["k"] = new string('v', 501) },
                Enumerable.Range(0, 51).ToDictionary(i => $"k{i}", i => "1"),
            }
        )
            await StripeDesk.Refused(() => Create("usd", 100, metadata));
    }

    [Theory]
    [InlineData("global-rate")]
    [InlineData("endpoint-concurrency")]
    public async Task RateLimit_SaysWhich(string reason)
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.RateLimited, Reason: reason, Count: 1));

        var refused = await StripeDesk.Refused(() => Create("usd", 100), HttpStatusCode.TooManyRequests, "rate_limit");

        Assert.Equal([reason], refused.StripeResponse.Headers.GetValues("Stripe-Rate-Limited-Reason"));
    }

    [Fact]
    public async Task LockTimeout_IsA429WithoutAReason()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.LockTimeout, Count: 1));

        var refused = await StripeDesk.Refused(() => Create("usd", 100), HttpStatusCode.TooManyRequests, "lock_timeout");

        Assert.False(refused.StripeResponse.Headers.Contains("Stripe-Rate-Limited-Reason"));
    }

    [Fact]
    public async Task RestrictedKey_IsForbidden()
    {
        await _desk.Stripe.Fail(new Failure(FailureKind.Forbidden, Count: 1));

        await StripeDesk.Refused(() => Create("usd", 100), HttpStatusCode.Forbidden);
    }

    private Task<PaymentIntent> Create(string currency, long amount, Dictionary<string, string>? metadata = null) =>
        _desk.Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = amount,
                Currency = currency,
                Metadata = metadata ?? [],
            }
        );
}
