using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>A bank warns of fraud before it disputes: shown once, refunded once.</summary>
public sealed class FraudWarningTests : IAsyncLifetime
{
    private StripeWorld _world = null!;
    private string _payment = "";

    public async ValueTask InitializeAsync()
    {
        _world = await StripeWorld.Start();
        (_payment, _) = await _world.Ordered();
        await _world.Make("early_fraud_warnings", new { of = _payment });
        await _world.Settled();
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Warning_PressedByManyAtOnce_IsRefundedOnceAndGone()
    {
        var item = Assert.Single(await Attention());
        Assert.Equal("fraud_warning", item.GetProperty("code").GetString());
        Assert.Contains("made with stolen card", item.GetProperty("reason").GetString(), StringComparison.Ordinal);
        var path = item.GetProperty("actions")[0].GetProperty("path").GetString()!;
        using var client = await _world.Panel.Client("invoices.manage");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.PostAsync(path, null)));
        await _world.Settled();

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal("45.820 succeeded", await _world.Text("select string_agg(amount || ' ' || status, ',') from refunds"));
        Assert.Equal("refunded 0.00 0.00 45.82 0.00", await _world.Money());
        Assert.DoesNotContain(await Attention(), i => i.GetProperty("code").GetString() == "fraud_warning");
        using var again = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(1, await _world.Desk.Count("select count(*) from refunds"));
    }

    [Fact]
    public async Task Warning_WhoseRefundStripeRefused_IsThereAgainAndMayBeTriedAgain()
    {
        await _world.Stripe.Fail(
            new Failure(
                FailureKind.Verbatim,
                Path: "/v1/refunds",
                Method: "POST",
                Count: 1,
                Status: 400,
                Body: """{"error":{"type":"invalid_request_error","message":"No."}}"""
            )
        );
        var path = Assert.Single(await Attention()).GetProperty("actions")[0].GetProperty("path").GetString()!;
        using var client = await _world.Panel.Client("invoices.manage");
        using var first = await client.PostAsync(path, null);
        await _world.Settled();
        Assert.Equal("failed", await _world.Text("select status from refunds"));
        Assert.Single(await Attention());

        using var second = await client.PostAsync(path, null);
        await _world.Settled();

        Assert.Equal("failed,succeeded", await _world.Text("select string_agg(status, ',' order by id) from refunds"));
        Assert.Equal("refunded 0.00 0.00 45.82 0.00", await _world.Money());
    }

    [Fact]
    public async Task Warning_ThatIsDismissed_IsGoneForGood()
    {
        using var pages = await _world.Panel.SignIn("orders.view", "invoices.manage");
        Assert.Contains("Refund now", await pages.GetStringAsync("/attention"), StringComparison.Ordinal);
        var id = await _world.Text("select id::text from fraud_warnings");

        for (var n = 0; n < 2; n++)
        {
            using var answer = await pages.PostForm($"/attention?handler=DismissWarning&only={id}", [], "/attention");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        // Told again, it stays so.
        await _world.Run("stripe.events");
        await _world.Settled();

        Assert.Empty(await Attention());
        Assert.Equal(1, await _world.Desk.Count("select count(*) from audit_entries where action = 'fraud_warning.dismissed'"));
    }

    [Fact]
    public async Task Warning_ThatBecomesADispute_GivesWayToIt()
    {
        var dispute = await _world.Make("disputes", new { of = _payment });
        await _world.Settled();
        Assert.Equal("dispute_needs_response", Assert.Single(await Attention()).GetProperty("code").GetString());

        await _world.Move($"disputes/{dispute}", "won");
        await _world.Settled();

        Assert.Empty(await Attention());
    }

    [Fact]
    public async Task Warning_ToWhoMayNotRefund_HasNoButton()
    {
        using var client = await _world.Panel.Client("orders.view");
        var list = await client.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=payments");

        Assert.Empty(list.GetProperty("items")[0].GetProperty("actions").EnumerateArray());
    }

    private async Task<List<JsonElement>> Attention()
    {
        using var client = await _world.Panel.Client("orders.view", "invoices.view", "invoices.manage");
        var list = await client.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=payments");
        return [.. list.GetProperty("items").EnumerateArray()];
    }
}
