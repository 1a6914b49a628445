using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>What becomes of the work on an order that was refused first: sent again after it was closed, or corrected by a person.</summary>
public sealed class RefusedThenSentTests : IAsyncLifetime
{
    private const string Route = "/api/admin/orders/refused";

    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Place_AfterItsRefusalWasClosed_StopsWithTheNoteUntilAPersonTakesIt()
    {
        var payment = await Paid();
        var id = await Refused(payment);
        using var closed = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refunded re_9 by hand" });

        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        var stopped = await _desk.UntilStatus(reference, "needs_review");
        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"/api/admin/orders/{reference}/resume",
            new { accept = "refusal_was_closed" }
        );
        await _desk.UntilStatus(reference, "completed");

        Assert.Equal("refusal_was_closed", stopped.GetProperty("reasonCode").GetString());
        Assert.Contains(
            stopped.GetProperty("timeline").EnumerateArray(),
            l => l.GetProperty("message").GetString()?.Contains("Refunded re_9 by hand", StringComparison.Ordinal) == true
        );
        var kept = await _desk.Http.GetFromJsonAsync<JsonElement>($"{Route}/{id}");
        Assert.Equal("Refunded re_9 by hand", kept.GetProperty("refused").GetProperty("note").GetString());
        Assert.Equal("received", kept.GetProperty("refused").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Accept_OfWhatThePaymentDoesNotName_GoesOnBecauseThePersonTookIt()
    {
        var payment = await Paid();
        await _stripe.Bind(JsonSerializer.Serialize(OrderDesk.Example(payment, OrderDesk.NewDomain())));
        var id = await Refused(payment);

        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"{Route}/{id}/accept",
            OrderDesk.Example(payment, OrderDesk.NewDomain(), "mueller@example.com")
        );
        var reference = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;

        await _desk.UntilStatus(reference, "completed");
        Assert.Equal(1, await _desk.Count("select count(*) from order_intakes where accepted = '{payment_unbound}'"));
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'order.refused_accepted' and after ->> 'accepted' = 'payment_unbound'"
            )
        );
    }

    [Fact]
    public async Task Place_OfWhatWasRefusedBeforeAPriceChanged_IsComparedWithThePriceOfThen()
    {
        var payment = await Paid();
        await Refused(payment);
        await _desk.Execute("update refused_orders set created_at = created_at - interval '2 days'");
        await _desk.Execute("alter table product_price_history disable trigger product_price_history_fixed");
        // What it cost then, and since yesterday.
        await _desk.Execute(
            """
            insert into product_price_history (product_id, billing_period, currency, amount, active, valid_from)
            select product_id, billing_period, currency, amount + 5, active, now() - interval '1 day' from product_prices
            """
        );
        await _desk.Execute("alter table product_prices disable trigger product_prices_changed");
        await _desk.Execute("update product_prices set amount = amount + 5");

        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        await _desk.UntilStatus(reference, "completed");
    }

    private async Task<string> Paid()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        return payment;
    }

    private async Task<long> Refused(string payment)
    {
        var order = JsonSerializer.SerializeToNode(OrderDesk.Example(payment, "localhost", "müller@example.com"))!.AsObject();
        using var answer = await _desk.PostText(order.ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return await _desk.Count("select id from refused_orders where stripe_payment_intent_id = @payment", new { payment });
    }
}
