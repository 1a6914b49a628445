using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MPanel.StripeSimulator;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.StripeSimulator;

/// <summary>The simulator has to be wrong the way Stripe is wrong, or what is tested against it proves nothing.</summary>
public sealed class StripeSimulatorTests : IAsyncLifetime
{
    private readonly string _key = StripeSimulation.NewKey();
    private StripeSimulation _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync() => await _stripe.DisposeAsync();

    [Fact]
    public async Task Create_WithGoodCard_SucceedsAndCanBeRead()
    {
        var (status, created) = await Post("/v1/payment_intents", Paid("pm_card_visa"));
        var id = created.GetProperty("id").GetString();
        var (_, read) = await Send(HttpMethod.Get, $"/v1/payment_intents/{id}");
        var charge = read.GetProperty("latest_charge").GetString();
        var (_, chargeRead) = await Send(HttpMethod.Get, $"/v1/charges/{charge}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("succeeded", 4582), (read.GetProperty("status").GetString(), read.GetProperty("amount_received").GetInt64()));
        Assert.True(chargeRead.GetProperty("paid").GetBoolean());
        Assert.Equal("7", read.GetProperty("metadata").GetProperty("order").GetString());
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card")]
    public async Task Create_WithBadCard_IsA402CardError(string card, string code, string declineCode)
    {
        var (status, body) = await Post("/v1/payment_intents", Paid(card));

        var error = body.GetProperty("error");
        Assert.Equal(HttpStatusCode.PaymentRequired, status);
        Assert.Equal(
            ("card_error", code, declineCode),
            (error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("decline_code").GetString())
        );
        Assert.Equal("requires_payment_method", error.GetProperty("payment_intent").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Confirm_AfterADecline_SucceedsWithAnotherCardAndOnlyOnce()
    {
        var (_, created) = await Post("/v1/payment_intents", "amount=4582&currency=usd");
        var path = $"/v1/payment_intents/{created.GetProperty("id").GetString()}";

        var (declined, _) = await Post($"{path}/confirm", "payment_method=pm_card_chargeDeclined");
        var (confirmed, payment) = await Post($"{path}/confirm", "payment_method=pm_card_visa");
        var (again, refusal) = await Post($"{path}/confirm", "payment_method=pm_card_visa");
        var (cancel, _) = await Post($"{path}/cancel", "");

        Assert.Equal(
            [HttpStatusCode.PaymentRequired, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest],
            [declined, confirmed, again, cancel]
        );
        Assert.Equal("succeeded", payment.GetProperty("status").GetString());
        Assert.Equal("payment_intent_unexpected_state", refusal.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Cancel_OfAnUnpaidPayment_CancelsIt()
    {
        var (_, created) = await Post("/v1/payment_intents", "amount=4582&currency=usd");

        var (_, canceled) = await Post(
            $"/v1/payment_intents/{created.GetProperty("id").GetString()}/cancel",
            "cancellation_reason=abandoned"
        );

        Assert.Equal("canceled", canceled.GetProperty("status").GetString());
        Assert.Equal("abandoned", canceled.GetProperty("cancellation_reason").GetString());
    }

    [Theory]
    [InlineData("currency=usd", "amount")]
    [InlineData("amount=45.82&currency=usd", "amount")]
    [InlineData("amount=0&currency=usd", "amount")]
    [InlineData("amount=4582", "currency")]
    [InlineData("amount=4582&currency=dollars", "currency")]
    [InlineData("amount=4582&currency=usd&confirm=true&payment_method=pm_none", "payment_method")]
    public async Task Create_WithWrongParameter_NamesIt(string form, string param)
    {
        var (status, body) = await Post("/v1/payment_intents", form);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Refund_MoreThanIsLeft_IsRefusedAndTheRestIsKept()
    {
        await _stripe.Payment("pi_1", 4582);

        var (first, refund) = await Post("/v1/refunds", "payment_intent=pi_1&amount=1000");
        var (tooMuch, _) = await Post("/v1/refunds", "payment_intent=pi_1&amount=4000");
        var (rest, _) = await Post("/v1/refunds", "payment_intent=pi_1");
        var (again, error) = await Post("/v1/refunds", "payment_intent=pi_1");
        var (_, payment) = await Send(HttpMethod.Get, "/v1/payment_intents/pi_1?expand[]=latest_charge");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.BadRequest],
            [first, tooMuch, rest, again]
        );
        Assert.Equal(1000, refund.GetProperty("amount").GetInt64());
        Assert.Equal("charge_already_refunded", error.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(4582, payment.GetProperty("latest_charge").GetProperty("amount_refunded").GetInt64());
        Assert.True(payment.GetProperty("latest_charge").GetProperty("refunded").GetBoolean());
    }

    [Fact]
    public async Task Create_SameIdempotencyKeyTwice_CreatesOne()
    {
        var (_, first) = await Post("/v1/payment_intents", Paid("pm_card_visa"), "key-1");
        var (_, second) = await Post("/v1/payment_intents", Paid("pm_card_visa"), "key-1");
        var (_, other) = await Post("/v1/payment_intents", Paid("pm_card_visa"), "key-2");

        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.NotEqual(first.GetProperty("id").GetString(), other.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Create_SameIdempotencyKeyOtherParameters_IsAnIdempotencyError()
    {
        await Post("/v1/payment_intents", "amount=100&currency=usd", "key-1");

        var (status, body) = await Post("/v1/payment_intents", "amount=200&currency=usd", "key-1");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("idempotency_error", body.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task AnyCall_WithoutAGoodKey_Is401WithoutTheKeyInIt()
    {
        const string bad = "abcdefghijklmnopqrstuvwx";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payment_intents/pi_1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bad);
        using var response = await _stripe.Http.SendAsync(request);
        using var bare = await _stripe.Http.GetAsync("/v1/payment_intents/pi_1");

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [response.StatusCode, bare.StatusCode]);
        Assert.DoesNotContain(bad, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(await _stripe.Requests(), r => r.Authorization.Contains(bad, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_PaymentOfTheOtherMode_IsMissingWithAHint()
    {
        await _stripe.Payment("pi_1", 4582, livemode: true);

        var (status, body) = await Send(HttpMethod.Get, "/v1/payment_intents/pi_1");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("resource_missing", body.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("exists in live mode", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRoute_Is404WithoutACode()
    {
        var (status, body) = await Send(HttpMethod.Get, "/v1/nothing");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.False(body.GetProperty("error").TryGetProperty("code", out _));
    }

    [Fact]
    public async Task Failure_ForOnePaymentAndTwoCalls_ConcernsNoOther()
    {
        await _stripe.Payment("pi_1", 4582);
        await _stripe.Payment("pi_2", 4582);
        await _stripe.Fail(new Failure(FailureKind.ServerError, PaymentIntent: "pi_1", Count: 2));

        List<HttpStatusCode> statuses = [];
        foreach (var id in new[] { "pi_2", "pi_1", "pi_1", "pi_1" })
            statuses.Add((await Send(HttpMethod.Get, $"/v1/payment_intents/{id}")).Status);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK],
            statuses
        );
    }

    [Theory]
    [InlineData("/_sim/failures", "POST", """{"kind":"earthquake"}""")]
    [InlineData("/_sim/failures", "POST", """{"kind":"timeout","count":0}""")]
    [InlineData("/_sim/failures", "POST", """{"kind":"timeout","cuont":1}""")]
    [InlineData("/_sim/payment_intents/pi_1", "PUT", """{"currency":"usd"}""")]
    [InlineData("/_sim/payment_intents/pi_1", "PUT", """{"amount":1,"currency":"usd","status":"paid"}""")]
    [InlineData("/_sim/payment_intents/xx_1", "PUT", """{"amount":1,"currency":"usd"}""")]
    public async Task Control_WithAMistake_Is400(string path, string method, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body) };
        using var response = await _stripe.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Restart_WithStateFile_KeepsPaymentsAndRefunds()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mpanel-stripe-").FullName, "state.json");
        await using (var before = await StripeSimulation.Start(file))
        {
            await before.Payment("pi_kept", 4582, amountRefunded: 82);
        }

        await using var after = await StripeSimulation.Start(file);
        var (status, body) = await Send(HttpMethod.Get, "/v1/payment_intents/pi_kept?expand[]=latest_charge", stripe: after);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(82, body.GetProperty("latest_charge").GetProperty("amount_refunded").GetInt64());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task Start_WithUnreadableStateFile_SaysWhich()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{");

        var refusal = await Assert.ThrowsAsync<IOException>(() => StripeSimulation.Start(file));

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "99999")]
    [InlineData("--prot", "1")]
    [InlineData("--address", "everywhere")]
    public void Build_WithAWrongCommandLine_SaysSo(params string[] args) =>
        Assert.Throws<SimulatorSettingsException>(() => StripeSimulatorApp.Build(args));

    private static string Paid(string card) => $"amount=4582&currency=usd&confirm=true&payment_method={card}&metadata[order]=7";

    private Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, string form, string? idempotencyKey = null) =>
        Send(HttpMethod.Post, path, form, idempotencyKey);

    private async Task<(HttpStatusCode Status, JsonElement Body)> Send(
        HttpMethod method,
        string path,
        string? form = null,
        string? idempotencyKey = null,
        StripeSimulation? stripe = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        if (form is not null)
            request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await (stripe ?? _stripe).Http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return (response.StatusCode, document.RootElement.Clone());
    }
}
