using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Refunds;

/// <summary>Money that is given back at Stripe comes into the books, by webhook or without.</summary>
public sealed class RefundAtStripeTests : IAsyncLifetime
{
    private const string Secret = "whsec_of_the_simulator";
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?> { ["Stripe:WebhookSecrets:0"] = Secret }
        );
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task PartialRefund_ByWebhookThatComesTwice_IsOneRefundWithOneCreditNote()
    {
        await Register(new { copies = 2 });
        var (payment, reference) = await Ordered();

        var refund = await Refund(payment, 1000);
        await Settled();

        Assert.Equal([$"{refund} 10.00 succeeded stripe"], await Refunds());
        Assert.Equal("partially_refunded 35.820 10.000", await Text("select status || ' ' || settled || ' ' || credited from invoices"));
        Assert.Equal(
            "partially_refunded 35.820 0.000 10.000",
            await Text("select concat_ws(' ', status, allocated, refunding, refunded) from payments")
        );
        Assert.Matches(@"^CN-\d{4}-000001 10\.000$", await Text("select credit_note_number || ' ' || total from credit_notes"));
        Assert.Equal(35.82m, await Number("select sum(amount) from revenue_days"));
        // The service goes on.
        Assert.Equal("provisioning", (await _desk.Get(reference)).GetProperty("order").GetProperty("status").GetString());
        Assert.Contains(
            (await _desk.Get(reference)).GetProperty("timeline").EnumerateArray(),
            l => l.GetProperty("step").GetString() == "refund"
        );
    }

    [Fact]
    public async Task Refunds_UntilNothingIsLeft_MakeAGaplessSeriesAndARefundedInvoice()
    {
        await Register();
        var (payment, _) = await Ordered();

        foreach (var part in new long[] { 1000, 2000, 1582 })
            await Refund(payment, part);
        await Settled();

        Assert.Equal("refunded 0.000 45.820", await Text("select status || ' ' || settled || ' ' || credited from invoices"));
        Assert.Equal("refunded 0.000 45.820", await Text("select concat_ws(' ', status, allocated, refunded) from payments"));
        Assert.Equal("1,2,3", await Text("select string_agg(number::text, ',' order by number) from credit_notes"));
        Assert.Equal(0m, await Number("select sum(amount) from revenue_days"));
        Assert.Equal(0m, await Number("select sum(amount) from allocations"));
    }

    [Fact]
    public async Task Refund_WithWebhooksLost_IsFoundByTheHourlyLookOnce()
    {
        var (payment, _) = await Ordered();
        var refund = await Refund(payment, 500);

        await Look();
        await Look();
        await Settled();

        Assert.Equal([$"{refund} 5.00 succeeded stripe"], await Refunds());
        Assert.Equal(1, await _desk.Count("select count(*) from credit_notes"));
        Assert.Equal(0, await _desk.Count("select count(*) from stripe_events where came_by <> 'fetched'"));
    }

    [Fact]
    public async Task Refund_LostBeforeALaterWebhookCame_IsFoundByTheHourlyLook()
    {
        var (payment, _) = await Ordered();
        await Look();
        await Refund(payment, 500);
        await _stripe.Advance(TimeSpan.FromHours(5));
        await Register();
        await Refund(payment, 700);
        await Settled();
        Assert.Equal(1, await _desk.Count("select count(distinct object_id) from stripe_events where object_kind = 'refund'"));

        await Look();
        await Settled();

        Assert.Equal(2, await _desk.Count("select count(distinct object_id) from stripe_events where object_kind = 'refund'"));
        Assert.Equal("33.820 12.000", await Text("select settled || ' ' || credited from invoices"));
    }

    [Fact]
    public async Task PendingRefund_HoldsItsMoney_AndIsBookedWhenItSucceeds()
    {
        await Register();
        var (payment, _) = await Ordered();
        var refund = await Refund(payment, 1000, "pending");
        await Settled();
        Assert.Equal(
            "succeeded 45.820 10.000 0.000",
            await Text("select concat_ws(' ', status, allocated, refunding, refunded) from payments")
        );
        Assert.Equal(0, await _desk.Count("select count(*) from credit_notes"));

        await Move(refund, "succeeded");
        await Settled();

        Assert.Equal(
            "partially_refunded 35.820 0.000 10.000",
            await Text("select concat_ws(' ', status, allocated, refunding, refunded) from payments")
        );
        Assert.Equal(1, await _desk.Count("select count(*) from credit_notes"));
    }

    [Fact]
    public async Task PendingRefundThatFails_GivesItsMoneyBackAndLeavesTheInvoice()
    {
        await Register();
        var (payment, reference) = await Ordered();
        var refund = await Refund(payment, 1000, "pending");
        await Settled();

        await Move(refund, "failed");
        await Settled();
        var lines = (await _desk.Get(reference)).GetProperty("timeline").EnumerateArray().Select(l => l.GetProperty("message").GetString());
        Assert.EndsWith("No money went back", lines.Last(), StringComparison.Ordinal);

        Assert.Equal([$"{refund} 10.00 failed stripe"], await Refunds());
        Assert.Equal(
            "succeeded 45.820 0.000 0.000",
            await Text("select concat_ws(' ', status, allocated, refunding, refunded) from payments")
        );
        Assert.Equal("paid", await Text("select status from invoices"));
    }

    [Fact]
    public async Task RefundThatFailsAfterItSucceeded_IsOwedStillAndSaysSo()
    {
        await Register();
        var (payment, reference) = await Ordered();
        var refund = await Refund(payment, 1000);
        await Settled();

        await Move(refund, "failed");
        await Settled();

        Assert.Equal([$"{refund} 10.00 failed stripe"], await Refunds());
        Assert.Equal("succeeded 35.820 0.000", await Text("select concat_ws(' ', status, allocated, refunded) from payments"));
        Assert.Equal("partially_refunded", await Text("select status from invoices"));
        Assert.Equal(1, await _desk.Count("select count(*) from credit_notes"));
        Assert.Contains(
            (await _desk.Get(reference)).GetProperty("timeline").EnumerateArray(),
            l => l.GetProperty("message").GetString()?.Contains("still owed", StringComparison.Ordinal) == true
        );
        Assert.Equal(["refund_failed"], await Attention());

        // Refunded again, it has reached them.
        await Refund(payment, 1000);
        await Settled();
        Assert.Empty(await Attention());
        Assert.Equal(1, await _desk.Count("select count(*) from credit_notes"));
    }

    [Fact]
    public async Task Event_BeforeItsPaymentIsKnown_WaitsAndIsAppliedThen()
    {
        await Register();
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        await Refund(payment, 100);
        await Wait.Until(
            async () => await _desk.Count("select count(*) from stripe_events where state = 'waiting'") == 1,
            "the event to wait for its payment"
        );

        // Its order stops, since a part went back; a person may go on all the same, and the payment is known from then on.
        await _desk.Execute(
            "insert into payments (stripe_payment_intent_id, status, amount, currency, livemode) values (@payment, 'succeeded', 45.82, 'USD', false)",
            new { payment }
        );
        await Look();
        await Settled();

        Assert.Equal("partially_refunded 1.000", await Text("select status || ' ' || refunded from payments"));
        // No invoice was paid by it, so there is nothing to credit.
        Assert.Equal(0, await _desk.Count("select count(*) from credit_notes"));
    }

    private async Task<(string Payment, string Reference)> Ordered()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(reference, "completed");
        return (payment, reference);
    }

    private Task Register(object? habits = null) =>
        _stripe.Steer(
            HttpMethod.Post,
            "webhook_endpoints",
            new
            {
                url = $"{_panel.ApiAddress.AbsoluteUri.TrimEnd('/')}/api/webhooks/stripe",
                secrets = new[] { Secret },
                events = new[] { "refund.*" },
                habits,
            }
        );

    private async Task<string> Refund(string payment, long amount, string status = "succeeded") => (
            await _stripe.Steer(
                HttpMethod.Post,
                "refunds",
                new
                {
                    of = payment,
                    amount,
                    status,
                }
            )
        ).GetProperty("id").GetString()!;

    private Task Move(string refund, string status) => _stripe.Steer(HttpMethod.Post, $"refunds/{refund}/move", new { status });

    private Task<string> Look() =>
        _panel.Services.GetServices<IRecurringJob>().Single(j => j.Id == "stripe.events").Run(CancellationToken.None);

    /// <summary>All that Stripe has told of is delivered, and looked into.</summary>
    private Task Settled() =>
        Wait.Until(
            async () =>
            {
                var told = await _stripe.Steer(HttpMethod.Get, "deliveries");
                return told.GetProperty("pending").GetInt32() == 0
                    && await _desk.Count("select count(*) from outbox where kind = 'stripe.event' and state <> 'done'") == 0;
            },
            "the events to be applied"
        );

    private async Task<IEnumerable<string>> Refunds()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.QueryAsync<string>(
            "select concat_ws(' ', stripe_refund_id, round(amount, 2), status, actor) from refunds order by id"
        );
    }

    private async Task<IEnumerable<string?>> Attention()
    {
        using var client = await _panel.Client("orders.view", "invoices.view");
        var list = await client.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=payments");
        return list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("code").GetString()).ToList();
    }

    private async Task<string?> Text(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql);
    }

    private async Task<decimal> Number(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<decimal>(sql);
    }
}
