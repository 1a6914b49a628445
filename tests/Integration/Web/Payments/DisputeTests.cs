using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>What banks say against a payment: the last word counts, and nothing is lost or booked twice on the way.</summary>
public sealed class DisputeTests : IAsyncLifetime
{
    private StripeWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await StripeWorld.Start();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Dispute_ThatIsOpened_HoldsTheMoneyAndFlagsOrderCustomerAndInvoice()
    {
        var (payment, reference) = await _world.Ordered();

        var dispute = await _world.Make("disputes", new { of = payment });
        await _world.Settled();

        Assert.Equal("disputed 45.82 0.00 0.00 45.82", await _world.Money());
        Assert.Equal("needs_response held 45.82 15.00 USD", await Booked());
        // The service goes on, and the invoice stays as issued.
        Assert.Equal("provisioning", (await _world.Desk.Get(reference)).GetProperty("order").GetProperty("status").GetString());
        Assert.Equal("paid", await _world.Text("select status from invoices"));
        Assert.Equal("45.82", await _world.Revenue());
        using var pages = await _world.Panel.SignIn("orders.view", "invoices.view", "customers.view");
        var invoice = await _world.Text("select id::text from invoices");
        var customer = await _world.Text("select id::text from customers");
        foreach (var page in new[] { $"/orders/{reference}", $"/invoices/{invoice}", $"/admin/customers/{customer}", "/payments/disputes" })
        {
            var html = await pages.GetStringAsync(page);
            Assert.Contains(dispute, html, StringComparison.Ordinal);
            Assert.Contains("waits for evidence", html, StringComparison.Ordinal);
        }
        var item = Assert.Single(await Attention());
        Assert.Equal("dispute_needs_response", item.GetProperty("code").GetString());
        Assert.Contains("Evidence counts until", item.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispute_ThatIsWon_RestoresExactlyTheFormerState()
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("refunds", new { of = payment, amount = 582 });
        await _world.Settled();
        var before = await _world.Money();
        var dispute = await _world.Make("disputes", new { of = payment, amount = 4000 });
        await _world.Settled();
        Assert.Equal("disputed 40.00 0.00 5.82 40.00", await _world.Money());

        await _world.Move($"disputes/{dispute}", "won");
        await _world.Settled();

        Assert.Equal("partially_refunded 40.00 0.00 5.82 0.00", before);
        Assert.Equal(before, await _world.Money());
        Assert.Equal("won none 0.00 15.00 USD", await Booked());
        Assert.Equal("40.00", await _world.Revenue());
        Assert.Empty(await Attention());
    }

    [Fact]
    public async Task Dispute_ThatGoesLostWonAndLost_IsBookedByTheLastWord()
    {
        var (payment, reference) = await _world.Ordered();
        var dispute = await _world.Make("disputes", new { of = payment });
        await _world.Settled();

        foreach (
            var (status, money, revenue) in new[]
            {
                ("lost", "lost 45.82 0.00 0.00 45.82", "0.00"),
                ("won", "succeeded 45.82 0.00 0.00 0.00", "45.82"),
                ("lost", "lost 45.82 0.00 0.00 45.82", "0.00"),
            }
        )
        {
            await _world.Move($"disputes/{dispute}", status);
            await _world.Settled();
            Assert.Equal((money, revenue), (await _world.Money(), await _world.Revenue()));
        }

        Assert.Equal(1, await _world.Desk.Count("select count(*) from disputes"));
        Assert.Equal("paid", await _world.Text("select status from invoices"));
        Assert.Equal(0, await _world.Desk.Count("select count(*) from credit_notes"));
        Assert.Equal(
            4,
            (await _world.Desk.Get(reference))
                .GetProperty("timeline")
                .EnumerateArray()
                .Count(l => l.GetProperty("step").GetString() == "dispute")
        );
        // What they paid is net of it, too.
        using var client = await _world.Panel.Client("customers.view", "invoices.view");
        var customer = (await client.GetFromJsonAsync<JsonElement>("/api/admin/customers")).GetProperty("items")[0];
        Assert.Equal(0m, customer.GetProperty("paid")[0].GetProperty("amount").GetDecimal());
    }

    [Fact]
    public async Task EventsOfADispute_TwiceAndNewestFirst_EndInWhatStripeSaysNow()
    {
        await using var world = await StripeWorld.Start(webhooks: false);
        await world.Register(
            new
            {
                copies = 2,
                newest_first = true,
                delay_seconds = 5,
            }
        );
        var (payment, _) = await world.Ordered();
        var dispute = await world.Make("disputes", new { of = payment });
        await world.Move($"disputes/{dispute}", "under_review");
        await world.Move($"disputes/{dispute}", "lost");

        await world.Stripe.Advance(TimeSpan.FromSeconds(30));
        await world.Settled();

        Assert.Equal("lost 45.82 0.00 0.00 45.82", await world.Money());
        Assert.Equal("0.00", await world.Revenue());
        Assert.Equal("lost", await world.Text("select string_agg(status, ',') from disputes"));
    }

    [Fact]
    public async Task Dispute_WhoseEventsWereLost_IsFoundByTheHourlyLook()
    {
        await using var world = await StripeWorld.Start(webhooks: false);
        var (payment, _) = await world.Ordered();
        await world.Make("disputes", new { of = payment });

        await world.Run("stripe.events");
        await world.Settled();

        Assert.Equal("disputed 45.82 0.00 0.00 45.82", await world.Money());
    }

    [Fact]
    public async Task Inquiry_MovesNoMoney_MayBeRefunded_AndSaysSo()
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("disputes", new { of = payment, status = "warning_needs_response" });
        await _world.Settled();
        Assert.Equal("succeeded 45.82 0.00 0.00 0.00", await _world.Money());
        Assert.Equal("dispute_inquiry", Assert.Single(await Attention()).GetProperty("code").GetString());

        using var client = await _world.Panel.Client("invoices.manage");
        using var answer = await Refund(client);
        await _world.Settled();

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("refunded 0.00 0.00 45.82 0.00", await _world.Money());
        // A full refund answers it.
        Assert.Equal("closed", await _world.Text("select status from disputes"));
        Assert.DoesNotContain(await Attention(), i => i.GetProperty("code").GetString() == "dispute_inquiry");
    }

    [Fact]
    public async Task Inquiry_ThatBecomesADispute_HoldsTheMoneyThen()
    {
        var (payment, _) = await _world.Ordered();
        var dispute = await _world.Make("disputes", new { of = payment, status = "warning_needs_response" });
        await _world.Settled();

        await _world.Move($"disputes/{dispute}", "needs_response");
        await _world.Settled();

        Assert.Equal("disputed 45.82 0.00 0.00 45.82", await _world.Money());
    }

    [Theory]
    [InlineData("needs_response", "until it has decided")]
    [InlineData("lost", "is lost")]
    public async Task Refund_OfADisputedPayment_IsRefusedBeforeStripeIsAsked(string status, string why)
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("disputes", new { of = payment, status });
        await _world.Settled();
        await _world.Stripe.Http.DeleteAsync("/_sim/requests");

        using var client = await _world.Panel.Client("invoices.manage");
        using var answer = await Refund(client);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadAsStringAsync();
        Assert.Contains("payment_disputed", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(await _world.Stripe.Requests(), r => r.Path == "/v1/refunds" && r.Method == "POST");
    }

    [Fact]
    public async Task Dispute_OfMoreThanIsLeft_TakesWhatIsLeft()
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("refunds", new { of = payment, amount = 1000 });
        await _world.Make("disputes", new { of = payment, amount = 4582 });
        await _world.Settled();

        Assert.Equal("disputed 35.82 0.00 10.00 35.82", await _world.Money());
        Assert.Equal("needs_response held 35.82 15.00 USD", await Booked());
    }

    [Fact]
    public async Task RefundMadeBefore_ThatIsHeardOfAfterTheDispute_GoesFirst()
    {
        await using var world = await StripeWorld.Start(webhooks: false);
        var (payment, _) = await world.Ordered();
        await world.Make("refunds", new { of = payment, amount = 1000 });
        var dispute = await world.Make("disputes", new { of = payment, amount = 4582 });
        await world.Move($"disputes/{dispute}", "lost");
        await world.Run("stripe.events");
        await world.Settled();

        Assert.Equal("lost 35.82 0.00 10.00 35.82", await world.Money());
        Assert.Equal("0.00", await world.Revenue());
    }

    [Fact]
    public async Task TwoDisputesOfOneCharge_AreTwo()
    {
        var (payment, _) = await _world.Ordered();
        var first = await _world.Make("disputes", new { of = payment, amount = 2000 });
        await _world.Make("disputes", new { of = payment, amount = 1000 });
        await _world.Settled();
        Assert.Equal("disputed 45.82 0.00 0.00 30.00", await _world.Money());

        await _world.Move($"disputes/{first}", "lost");
        await _world.Settled();

        Assert.Equal("disputed 45.82 0.00 0.00 30.00", await _world.Money());
        Assert.Equal("25.82", await _world.Revenue());
    }

    [Fact]
    public async Task Seen_LeavesTheListUntilTheBankChangesItsMind()
    {
        var (payment, _) = await _world.Ordered();
        var dispute = await _world.Make("disputes", new { of = payment });
        await _world.Settled();
        var id = await _world.Text("select id::text from disputes");
        using var client = await _world.Panel.Client("invoices.manage");

        using var other = await client.PostAsJsonAsync($"/api/admin/disputes/{id}/seen", new { status = "lost" });
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        for (var n = 0; n < 2; n++)
        {
            using var seen = await client.PostAsJsonAsync($"/api/admin/disputes/{id}/seen", new { status = "needs_response" });
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        }
        Assert.Empty(await Attention());
        Assert.Equal(1, await _world.Desk.Count("select count(*) from audit_entries where action = 'dispute.seen'"));

        await _world.Move($"disputes/{dispute}", "lost");
        await _world.Settled();
        Assert.Equal("dispute_lost", Assert.Single(await Attention()).GetProperty("code").GetString());
        using var pages = await _world.Panel.SignIn("orders.view", "invoices.view", "invoices.manage");
        using var noted = await pages.PostForm($"/attention?handler=SeenDispute&only={id}:lost", [], "/attention");
        Assert.Equal(HttpStatusCode.Redirect, noted.StatusCode);
        Assert.Empty(await Attention());
    }

    private Task<string?> Booked() =>
        _world.Text("select concat_ws(' ', status, booked, round(booked_amount, 2), round(fee, 2), fee_currency) from disputes");

    private async Task<HttpResponseMessage> Refund(HttpClient client)
    {
        var invoice = await _world.Text("select id::text from invoices");
        return await client.PostAsJsonAsync($"/api/admin/invoices/{invoice}/refund", new { reason = "Asked for it" });
    }

    private async Task<List<JsonElement>> Attention()
    {
        using var client = await _world.Panel.Client("orders.view", "invoices.view");
        var list = await client.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=payments");
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(items.Count, list.GetProperty("counts").GetProperty("payments").GetInt32());
        return items;
    }
}
