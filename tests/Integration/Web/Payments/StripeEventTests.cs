using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>What Stripe told of can be seen, and looked into again.</summary>
public sealed class StripeEventTests : IAsyncLifetime
{
    private StripeWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await StripeWorld.Start();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Events_InListAndDetail_SayWhatCameAndWhatItDid()
    {
        var (payment, _) = await _world.Ordered();
        var refund = await _world.Make("refunds", new { of = payment, amount = 1000 });
        await _world.Settled();
        using var client = await _world.Panel.Client("invoices.view");

        Assert.Equal(
            1,
            (await client.GetFromJsonAsync<JsonElement>($"/api/admin/stripe-events?q={refund}&type=refund.created&state=applied"))
                .GetProperty("total")
                .GetInt32()
        );
        // Whichever was looked into first did it.
        var list = await client.GetFromJsonAsync<JsonElement>($"/api/admin/stripe-events?q={payment}&state=applied");
        var item = Assert.Single(
            list.GetProperty("items").EnumerateArray().ToList(),
            i => i.GetProperty("outcome").GetString()!.Contains("10.00", StringComparison.Ordinal)
        );
        var id = item.GetProperty("id").GetInt64();
        var detail = await client.GetFromJsonAsync<JsonElement>($"/api/admin/stripe-events/{id}");
        Assert.Equal("done", Assert.Single(detail.GetProperty("attempts").EnumerateArray().ToList()).GetProperty("state").GetString());
        using var pages = await _world.Panel.SignIn("invoices.view");
        Assert.Contains("refund.created", await pages.GetStringAsync("/payments/events"), StringComparison.Ordinal);
        Assert.Contains(refund, await pages.GetStringAsync("/payments/events?handler=Csv"), StringComparison.Ordinal);
        var html = await pages.GetStringAsync($"/payments/events/{id}");
        Assert.Contains("were refunded", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Look into it again", html, StringComparison.Ordinal);
        Assert.Contains(refund, await pages.GetStringAsync("/payments/refunds"), StringComparison.Ordinal);
        var refunds = await client.GetFromJsonAsync<JsonElement>($"/api/admin/refunds?q={refund}&status=succeeded");
        Assert.StartsWith("CN-", refunds.GetProperty("items")[0].GetProperty("creditNote").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OfWhatWasBooked_BooksNothingTwice()
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("refunds", new { of = payment, amount = 1000 });
        await _world.Settled();
        var id = await _world.Text("select min(id)::text from stripe_events where type = 'refund.created'");
        using var client = await _world.Panel.Client("invoices.manage");

        using var answer = await client.PostAsync($"/api/admin/stripe-events/{id}/replay", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await _world.Settled();
        using var pages = await _world.Panel.SignIn("invoices.view", "invoices.manage");
        using var again = await pages.PostForm($"/payments/events/{id}?handler=Replay", [], $"/payments/events/{id}");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        await _world.Settled();

        Assert.Equal("Nothing new 3", await _world.Text($"select outcome || ' ' || looks from stripe_events where id = {id}"));
        Assert.Equal("partially_refunded 35.82 0.00 10.00 0.00", await _world.Money());
        Assert.Equal(2, await _world.Desk.Count("select count(*) from audit_entries where action = 'stripe_event.replayed'"));
    }

    [Fact]
    public async Task Replay_OfWhatIsIgnored_IsIgnoredAgainWithoutAskingStripe()
    {
        await _world.Desk.Execute(
            """
            insert into stripe_events (event_id, type, object_kind, object_id, payment_intent_id, livemode, created, state, came_by)
            values ('evt_a', 'refund.created', 'refund', 're_a', 'pi_a', true, now(), 'ignored', 'webhook'),
                   ('evt_b', 'invoice.finalized', 'invoice', 'in_b', null, false, now(), 'ignored', 'webhook'),
                   ('evt_c', 'refund.created', 'refund', 're_c', 'pi_c', false, now(), 'waiting', 'webhook')
            """
        );
        await _world.Stripe.Http.DeleteAsync("/_sim/requests");
        using var client = await _world.Panel.Client("invoices.manage");

        foreach (var name in new[] { "evt_a", "evt_b", "evt_c" })
        {
            var id = await _world.Text("select id::text from stripe_events where event_id = @name", new { name });
            using var answer = await client.PostAsync($"/api/admin/stripe-events/{id}/replay", null);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        await _world.Settled();

        Assert.Equal("ignored,ignored,waiting", await _world.Text("select string_agg(state, ',' order by event_id) from stripe_events"));
        Assert.Empty(await _world.Stripe.Requests());
    }

    [Fact]
    public async Task EventThatWaits_IsTakenUpWhenItsOrderIsPaid()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _world.Stripe.Payment(payment, OrderDesk.ExampleTotal);
        await _world.Make("early_fraud_warnings", new { of = payment });
        await _world.Settled();
        Assert.Equal("waiting", await _world.Text("select state from stripe_events where type like 'radar.%'"));

        var reference = await _world.Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _world.Desk.UntilStatus(reference, "completed");
        await _world.Settled();

        Assert.Equal("applied", await _world.Text("select state from stripe_events where type like 'radar.%'"));
        Assert.Equal(1, await _world.Desk.Count("select count(*) from fraud_warnings"));
    }

    [Fact]
    public async Task Prune_AfterNinetyDays_LeavesWhatIsInWork()
    {
        await _world.Desk.Execute(
            """
            insert into stripe_events (event_id, type, object_kind, object_id, livemode, created, state, came_by, received_at)
            select state || age, 'refund.created', 'refund', 're_1', false, now(), state, 'webhook', now() - age * interval '1 day'
            from unnest(array['received', 'applied', 'ignored', 'waiting']) state, unnest(array[89, 91]) age
            """
        );

        Assert.Equal("3 events forgotten.", await _world.Run("stripe.prune"));

        Assert.Equal(
            "applied89,ignored89,received89,received91,waiting89",
            await _world.Text("select string_agg(event_id, ',' order by event_id) from stripe_events")
        );
    }
}
