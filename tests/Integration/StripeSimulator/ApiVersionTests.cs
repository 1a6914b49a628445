using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.StripeSimulator;

/// <summary>What the simulated version of Stripe's API has and has not: https://docs.stripe.com/changelog/endive</summary>
public sealed class ApiVersionTests : IAsyncLifetime
{
    private const string Payment = "amount=4582&currency=usd";

    private readonly string _key = StripeSimulation.NewKey();
    private StripeSimulation _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync() => await _stripe.DisposeAsync();

    [Theory]
    [InlineData(null, "2026-10-28.endive")]
    [InlineData("2026-10-28.endive", "2026-10-28.endive")]
    [InlineData("2026-09-30.endive", "2026-09-30.endive")]
    public async Task AnyCall_InASimulatedVersion_IsAnsweredInIt(string? asked, string answered)
    {
        await _stripe.Payment("pi_1", 4582);

        var (status, _, version) = await Send("/v1/payment_intents/pi_1", version: asked);

        Assert.Equal((HttpStatusCode.OK, answered), (status, version));
    }

    [Theory]
    [InlineData("2026-07-29.dahlia")]
    [InlineData("2026-10-28")]
    [InlineData("2026-10-28.endive, 2026-10-28.endive")]
    [InlineData("latest")]
    public async Task AnyCall_InAnotherVersion_Is400AndNamesIt(string asked)
    {
        await _stripe.Payment("pi_1", 4582);

        var (status, body, _) = await Send("/v1/payment_intents/pi_1", version: asked);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"Invalid Stripe API version: {asked}", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task PaymentMethodTypes_AreNoLongerTaken()
    {
        var (_, created, _) = await Send("/v1/payment_intents", Payment);
        var id = created.GetProperty("id").GetString();

        foreach (
            var path in new[]
            {
                "/v1/payment_intents",
                $"/v1/payment_intents/{id}",
                $"/v1/payment_intents/{id}/confirm",
                "/v1/setup_intents",
                "/v1/checkout/sessions",
            }
        )
        {
            var (status, body, _) = await Send(path, $"{Payment}&payment_method_types[0]=card");

            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Equal("payment_method_types_no_longer_supported", Code(body));
            Assert.Equal("payment_method_types", body.GetProperty("error").GetProperty("param").GetString());
        }
    }

    [Fact]
    public async Task AllowedPaymentMethodTypes_AreTakenAndFilter()
    {
        var (_, unsaid, _) = await Send("/v1/payment_intents", Payment);
        var (_, card, _) = await Send("/v1/payment_intents", $"{Payment}&allowed_payment_method_types[0]=card");
        var (_, other, _) = await Send("/v1/payment_intents", $"{Payment}&allowed_payment_method_types[0]=sepa_debit");
        var id = unsaid.GetProperty("id").GetString();
        var (_, confirmed, _) = await Send(
            $"/v1/payment_intents/{id}/confirm",
            "payment_method=pm_card_visa&allowed_payment_method_types[]=card"
        );

        Assert.Equal(JsonValueKind.Null, unsaid.GetProperty("allowed_payment_method_types").ValueKind);
        Assert.Equal(
            [
                ["card"],
                ["sepa_debit"],
                ["card"],
            ],
            new[] { card, other, confirmed }.Select(p => Texts(p, "allowed_payment_method_types"))
        );
        Assert.Equal(
            [
                ["card"],
                ["card"],
                [],
                ["card"],
            ],
            new[] { unsaid, card, other, confirmed }.Select(p => Texts(p, "payment_method_types"))
        );
    }

    [Theory]
    [InlineData("automatic_payment_methods[enabled]=true")]
    [InlineData("excluded_payment_method_types[0]=klarna")]
    [InlineData("payment_method_configuration=pmc_1")]
    public async Task AllowedPaymentMethodTypes_ExcludeTheOtherWaysToChoose(string other)
    {
        var (status, body, _) = await Send("/v1/payment_intents", $"{Payment}&allowed_payment_method_types[0]=card&{other}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(
            "You may only specify one of these parameters: ",
            body.GetProperty("error").GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/v1/payment_intents", $"{Payment}&amuont=1", "amuont")]
    [InlineData("/v1/payment_intents/pi_1/confirm", "amount=1", "amount")]
    [InlineData("/v1/payment_intents/pi_1/cancel", "reason=abandoned", "reason")]
    [InlineData("/v1/refunds", "payment_intent=pi_1&payment_method_types[]=card", "payment_method_types")]
    [InlineData("/v1/customers", "emial=a@example.com", "emial")]
    [InlineData("/v1/setup_intents", "off_session=true", "off_session")]
    [InlineData("/v1/payment_methods/pm_1/attach", "user=cus_1", "user")]
    [InlineData("/v1/events?kind=refund.created", null, "kind")]
    [InlineData("/v1/payment_intents/pi_1?expand[]=latest_charge&fields=id", null, "fields")]
    [InlineData("/v1/charges/ch_1?limit=1", null, "limit")]
    public async Task UnknownParameter_IsRefusedByName(string path, string? form, string param)
    {
        await _stripe.Payment("pi_1", 4582);

        var (status, body, _) = await Send(path, form);

        Assert.Equal((HttpStatusCode.BadRequest, "parameter_unknown"), (status, Code(body)));
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
        Assert.Equal($"Received unknown parameter: {param}", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Objects_HaveNoFieldsThatAreGone()
    {
        await _stripe.Payment("pi_1", 4582, disputed: true);

        var (_, payment, _) = await Send("/v1/payment_intents/pi_1?expand[]=latest_charge");
        var charge = payment.GetProperty("latest_charge");

        Assert.DoesNotContain(payment.EnumerateObject(), f => f.Name is "invoice" or "charges");
        Assert.DoesNotContain(charge.EnumerateObject(), f => f.Name is "invoice" or "dispute" or "refunds");
    }

    private static string? Code(JsonElement body) => body.GetProperty("error").GetProperty("code").GetString();

    private static List<string?> Texts(JsonElement body, string list) =>
        [.. body.GetProperty(list).EnumerateArray().Select(item => item.GetString())];

    private async Task<(HttpStatusCode Status, JsonElement Body, string Version)> Send(
        string path,
        string? form = null,
        string? version = null
    )
    {
        using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        if (form is not null)
            request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        if (version is not null)
            request.Headers.Add("Stripe-Version", version);
        using var response = await _stripe.Http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return (response.StatusCode, document.RootElement.Clone(), response.Headers.GetValues("Stripe-Version").Single());
    }
}
