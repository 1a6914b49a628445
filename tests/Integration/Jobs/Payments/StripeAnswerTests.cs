using MPanel.StripeSimulator.Failures;

namespace MPanel.Tests.Integration.Jobs.Payments;

/// <summary>Answers of status 200 that no well-behaved Stripe gives. None of them may become a payment.</summary>
public sealed class StripeAnswerTests : IAsyncLifetime
{
    private const string Good = """
        {"id":"pi_1","object":"payment_intent","amount":4582,"amount_received":4582,"currency":"usd","status":"succeeded","livemode":true,
         "latest_charge":{"id":"ch_1","object":"charge","amount_refunded":0,"disputed":false}}
        """;

    private LookupDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await LookupDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Find_GoodAnswer_IsFound()
    {
        var payment = LookupDesk.Found(await _desk.FindAnsweredWith(Good));

        Assert.Equal(
            (45.82m, "USD", true, "ch_1"),
            (payment.Money.Asked, payment.Money.Currency, payment.LiveMode, payment.Facts.ChargeId)
        );
    }

    [Theory]
    [InlineData("\"amount\":4582,", "")]
    [InlineData("\"amount_received\":4582,", "")]
    [InlineData("\"currency\":\"usd\",", "")]
    [InlineData("\"status\":\"succeeded\",", "")]
    [InlineData("\"livemode\":true,", "")]
    [InlineData("\"id\":\"pi_1\",", "")]
    [InlineData("\"object\":\"payment_intent\",", "")]
    [InlineData("\"amount_refunded\":0,", "")]
    [InlineData(",\"disputed\":false", "")]
    [InlineData("\"amount\":4582", "\"amount\":null")]
    [InlineData("\"currency\":\"usd\"", "\"currency\":null")]
    [InlineData("\"livemode\":true", "\"livemode\":null")]
    [InlineData("\"amount\":4582", "\"amount\":\"4582\"")]
    [InlineData("\"amount\":4582", "\"amount\":45.82")]
    [InlineData("\"amount\":4582", "\"amount\":99999999999999999999")]
    [InlineData("\"amount\":4582", "\"amount\":1,\"amount\":4582")]
    [InlineData("\"status\":\"succeeded\"", "\"status\":\"\\ud800\"")]
    [InlineData("\"disputed\":false", "\"disputed\":0")]
    [InlineData("\"livemode\":true", "\"livemode\":1")]
    public async Task Find_AnswerWithAFieldMissingOrOfAnotherType_IsUnavailable(string part, string instead)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);

        var lookup = await _desk.FindAnsweredWith(Good.Replace(part, instead, StringComparison.Ordinal));

        Assert.StartsWith(
            "Stripe's answer was unreadable: ",
            LookupDesk.Unavailable(lookup, "stripe_error").Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"amount\":4582", "\"amount\":9223372036854775807")]
    [InlineData("\"amount\":4582", "\"amount\":-1")]
    [InlineData("\"currency\":\"usd\"", "\"currency\":\"usdt\"")]
    [InlineData("\"status\":\"succeeded\"", "\"status\":\"almost\"")]
    [InlineData("\"id\":\"pi_1\"", "\"id\":\"pi_2\"")]
    [InlineData("\"object\":\"payment_intent\"", "\"object\":\"setup_intent\"")]
    [InlineData("\"amount_refunded\":0", "\"amount_refunded\":-5")]
    [InlineData("{\"id\":\"ch_1\",\"object\":\"charge\",\"amount_refunded\":0,\"disputed\":false}", "null")]
    [InlineData("{\"id\":\"ch_1\",\"object\":\"charge\",\"amount_refunded\":0,\"disputed\":false}", "\"ch_1\"")]
    public async Task Find_AnswerThatMakesNoSense_IsRefused(string part, string instead)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);

        LookupDesk.Refused(await _desk.FindAnsweredWith(Good.Replace(part, instead, StringComparison.Ordinal)), "stripe_unexpected_answer");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("")]
    [InlineData("<html>502</html>")]
    [InlineData("{\"id\":")]
    [InlineData("{\"error\":{\"message\":\"No.\"}}")]
    public async Task Find_WhatIsNoPayment_IsUnavailable(string body) =>
        LookupDesk.Unavailable(await _desk.FindAnsweredWith(body), "stripe_error");

    [Fact]
    public async Task Find_UnreadableAnswer_IsNotQuoted()
    {
        var lookup = await _desk.FindAnsweredWith("<html>somebody's page</html>");

        Assert.DoesNotContain("somebody", LookupDesk.Unavailable(lookup, "stripe_error").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AnswerOfMoreThanAMegabyte_IsUnavailable()
    {
        var padded = Good.Replace(
            "{\"id\":\"pi_1\"",
            $"{{\"pad\":\"{new string('x', 1024 * 1024)}\",\"id\":\"pi_1\"",
            StringComparison.Ordinal
        );

        LookupDesk.Unavailable(await _desk.FindAnsweredWith(padded), "stripe_unreachable");
    }

    [Theory]
    [InlineData(FailureKind.MalformedJson)]
    [InlineData(FailureKind.MissingField)]
    public async Task Find_UnreadableAnswer_IsAskedOnceAndLeftToTheStep(FailureKind kind)
    {
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Fail(new Failure(kind));

        LookupDesk.Unavailable(await _desk.Find(), "stripe_error");
        Assert.Equal(1, await _desk.Asked());
    }
}
