using MPanel.Jobs.Payments;

namespace MPanel.Tests.Unit.Jobs.Payments;

public sealed class StripeOptionsTests
{
    private static readonly string TestKey = $"sk_test_{Guid.NewGuid():N}";
    private static readonly string LiveKey = $"rk_live_{Guid.NewGuid():N}";
    private static readonly StripeOptions Good = new() { ApiKey = LiveKey };

    [Fact]
    public void ToString_WithKey_DoesNotShowIt() => Assert.DoesNotContain(LiveKey, $"{Good}", StringComparison.Ordinal);

    [Fact]
    public void LiveMode_FollowsTheKeysPrefix()
    {
        Assert.True(new StripeOptions { ApiKey = LiveKey }.LiveMode);
        Assert.True(new StripeOptions { ApiKey = $"sk_live_{Guid.NewGuid():N}" }.LiveMode);
        Assert.False(new StripeOptions { ApiKey = TestKey }.LiveMode);
    }

    [Fact]
    public void Validate_LiveKeyAndDefaults_Succeeds() => Assert.Empty(Failures(Good));

    [Fact]
    public void Validate_TestKeyWhereTestPaymentsAreExpected_Succeeds() =>
        Assert.Empty(Failures(Good with { ApiKey = TestKey, ExpectedLiveMode = false, BaseUrl = "http://127.0.0.1:2274" }));

    [Fact]
    public void Validate_NoKey_SaysHowToSetIt() =>
        Assert.Contains("Stripe__ApiKey", Assert.Single(Failures(Good with { ApiKey = "" })), StringComparison.Ordinal);

    [Theory]
    [InlineData("pk_live_", "")]
    [InlineData("", "")]
    [InlineData("sk_live_", "\n")]
    [InlineData("sk_live_", " x")]
    public void Validate_WhatIsNoSecretKey_IsRefusedWithoutQuotingIt(string prefix, string suffix)
    {
        var random = $"{Guid.NewGuid():N}";

        var failure = Assert.Single(Failures(Good with { ApiKey = prefix + random + suffix }));

        Assert.Contains("not a Stripe secret key", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(random, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TestKeyWithoutSayingSo_IsRefused() =>
        Assert.Contains("ExpectedLiveMode", Assert.Single(Failures(Good with { ApiKey = TestKey })), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://stripe.example")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https://user@api.stripe.com")]
    [InlineData("https://api.stripe.com/v1")]
    [InlineData("api.stripe.com")]
    [InlineData("")]
    public void Validate_UnsafeBaseUrl_IsRefused(string url) =>
        Assert.Contains("BaseUrl", Assert.Single(Failures(Good with { BaseUrl = url })), StringComparison.Ordinal);

    [Fact]
    public void Validate_BoundsBeyondTheStepsLease_AreEachNamed()
    {
        var failures = Failures(Good with { AttemptTimeout = TimeSpan.Zero, TotalTimeout = TimeSpan.FromSeconds(25), Retries = 6 });

        Assert.Collection(
            failures,
            f => Assert.Contains("AttemptTimeout", f, StringComparison.Ordinal),
            f => Assert.Contains("TotalTimeout", f, StringComparison.Ordinal),
            f => Assert.Contains("Retries", f, StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> Failures(StripeOptions options) => new StripeOptionsRules().Validate(null, options).Failures ?? [];
}
