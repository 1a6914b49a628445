using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>What Stripe knows of a payment besides its money is kept, whether it knows it at once, later, or for a payment of long ago.</summary>
public sealed class PaymentFactsTests : IAsyncLifetime
{
    private const string Facts = """
        select concat_ws(' ', stripe_customer_id is not null, stripe_payment_method_id is not null, stripe_charge_id is not null, billing_country,
            card_country, card_brand, card_last4, card_exp_month > 0, received_at is not null, facts_at is not null) from payments
        """;

    private const string Whole = "t t t DE US visa 4242 t t t";
    private StripeWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await StripeWorld.Start(webhooks: false);

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Order_ThatIsPaidByCard_KeepsWhatStripeKnowsAndItsMoment()
    {
        var charged = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddHours(-3);

        await _world.Ordered(await Paid(charged.ToUnixTimeSeconds()));

        Assert.Equal(Whole, await _world.Text(Facts));
        Assert.Equal("true true", await Moments(charged));
        Assert.Null(await _world.Text("select fee::text from payments"));
    }

    [Fact]
    public async Task Fee_ThatStripeDidNotKnowAtFirst_IsReadAMinuteLaterOnce()
    {
        await _world.Ordered();

        await Due();
        Assert.Equal("1 of 1 read.", await _world.Run("payments.look"));
        Assert.Equal("0 of 0 read.", await _world.Run("payments.look"));

        Assert.Equal("1.630 USD", await _world.Text("select fee || ' ' || fee_currency from payments where look_due_at is null"));
    }

    [Fact]
    public async Task Fee_ThatComesWithAnEvent_IsKeptAndStripeIsNotAskedAgain()
    {
        var (payment, _) = await _world.Ordered();
        await Hide(payment);
        await Due();
        await _world.Run("payments.look");
        Assert.Null(await _world.Text("select fee::text from payments where look_due_at > now()"));
        await _world.Register();

        await Hide(payment, known: true);
        await _world.Settled();

        Assert.Equal("1.630 USD", await _world.Text("select fee || ' ' || fee_currency from payments"));
        await _world.Stripe.Http.DeleteAsync("/_sim/requests");
        await Hide(payment);
        await Hide(payment, known: true);
        await _world.Settled();
        Assert.Empty(await _world.Stripe.Requests());
    }

    [Fact]
    public async Task Payment_OfAnEarlierRelease_IsReadOnceAndItsOrderLeftAlone()
    {
        var charged = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddDays(-100);
        var (_, reference) = await _world.Ordered(await Paid(charged.ToUnixTimeSeconds()));
        await _world.Desk.Execute(
            """
            update payments set stripe_customer_id = null, stripe_payment_method_id = null, billing_country = null, card_country = null,
                card_brand = null, card_last4 = null, card_exp_month = null, card_exp_year = null, facts_at = null, received_at = created_at,
                look_due_at = now() - interval '1 second', looks = 0
            """
        );
        var before = (await _world.Desk.Get(reference)).ToString();
        await _world.Stripe.Http.DeleteAsync("/_sim/requests");

        await _world.Run("payments.look");

        Assert.Equal(Whole, await _world.Text(Facts));
        Assert.Equal("true", await _world.Text("select (received_at = @charged)::text from payments", new { charged }));
        Assert.Equal(before, (await _world.Desk.Get(reference)).ToString());
        // No refunds: credit notes over what went back long ago are a person's to issue.
        Assert.DoesNotContain(await _world.Stripe.Requests(), r => r.Path == "/v1/refunds");
    }

    [Fact]
    public async Task Payment_WhoseFactsAreThere_IsNeverChanged()
    {
        await _world.Ordered(await Paid(created: null));
        await _world.Desk.Execute("update payments set card_last4 = '1111', billing_country = 'FR', received_at = '2026-01-01'");

        await Due();
        await _world.Run("payments.look");

        Assert.Equal(
            "1111 FR 2026-01-01",
            await _world.Text("select concat_ws(' ', card_last4, billing_country, received_at::date) from payments")
        );
    }

    [Fact]
    public async Task Look_AtAPaymentThatStripeDoesNotKnow_IsNotRepeated()
    {
        await _world.Desk.Execute(
            """
            insert into payments (stripe_payment_intent_id, status, amount, currency, livemode, look_due_at)
            values ('pi_unknown', 'succeeded', 1, 'USD', false, now())
            """
        );

        await _world.Run("payments.look");

        Assert.Equal("true", await _world.Text("select (look_due_at is null)::text from payments"));
    }

    [Fact]
    public async Task Look_WhileStripeIsDown_LosesNothingAndAsksLater()
    {
        await _world.Ordered();
        await Due();
        await _world.Stripe.Fail(new Failure(FailureKind.Reset));

        Assert.StartsWith("0 of 1 read; then", await _world.Run("payments.look"), StringComparison.Ordinal);

        await _world.Stripe.ClearFailures();
        Assert.Equal("true", await _world.Text("select (look_due_at > now())::text from payments"));
        await Due();
        await _world.Run("payments.look");
        Assert.Equal("1.630", await _world.Text("select fee::text from payments"));
    }

    [Fact]
    public async Task RefundWhoseEventsNeverCame_IsFoundByTheFirstLook()
    {
        var (payment, _) = await _world.Ordered();
        await _world.Make("refunds", new { of = payment, amount = 500 });

        await Due();
        await _world.Run("payments.look");

        Assert.Equal("partially_refunded 40.82 0.00 5.00 0.00", await _world.Money());
    }

    [Fact]
    public async Task Payment_InListAndDetail_ShowsItsFacts()
    {
        var (payment, reference) = await _world.Ordered(await Paid(created: null));
        using var client = await _world.Panel.Client("invoices.view");

        var list = await client.GetFromJsonAsync<JsonElement>($"/api/admin/payments?q={payment}");
        var row = Assert.Single(list.GetProperty("items").EnumerateArray().ToList());
        Assert.Equal(("visa 4242", reference), (row.GetProperty("card").GetString(), row.GetProperty("orderReference").GetString()));
        foreach (var q in new[] { reference, "client@example.com", "nothing@example.com" })
            Assert.Equal(
                q.StartsWith("nothing", StringComparison.Ordinal) ? 0 : 1,
                (await client.GetFromJsonAsync<JsonElement>($"/api/admin/payments?q={q}")).GetProperty("total").GetInt32()
            );
        var detail = await client.GetFromJsonAsync<JsonElement>($"/api/admin/payments/{row.GetProperty("id").GetInt64()}");
        Assert.Equal("DE", detail.GetProperty("facts").GetProperty("billingCountry").GetString());
        Assert.Equal(45.82m, Assert.Single(detail.GetProperty("allocations").EnumerateArray().ToList()).GetProperty("amount").GetDecimal());
        using var pages = await _world.Panel.SignIn("invoices.view");
        var html = await pages.GetStringAsync($"/payments/{row.GetProperty("id").GetInt64()}");
        Assert.Contains("visa 4242", html, StringComparison.Ordinal);
        Assert.Contains("Germany", html, StringComparison.Ordinal);
        Assert.Contains("visa 4242", await pages.GetStringAsync("/payments?handler=Csv"), StringComparison.Ordinal);
    }

    /// <summary>A payment by the card of a customer of Stripe's.</summary>
    private async Task<object> Paid(long? created)
    {
        var stripe = _world.Stripe.Client();
        var customer = await stripe.V1.Customers.CreateAsync(new() { Email = "client@example.com" });
        return new
        {
            amount = OrderDesk.ExampleTotal,
            currency = "usd",
            billingCountry = "DE",
            paymentMethod = "pm_card_visa",
            customer = customer.Id,
            created,
        };
    }

    private Task Due() =>
        _world.Desk.Execute("update payments set look_due_at = now() - interval '1 second' where look_due_at is not null");

    private async Task Hide(string payment, bool known = false)
    {
        var charge = await _world.Text("select stripe_charge_id from payments where stripe_payment_intent_id = @payment", new { payment });
        await _world.Stripe.Steer(HttpMethod.Put, $"charges/{charge}/balance_transaction", new { known });
    }

    private Task<string?> Moments(DateTimeOffset charged) =>
        _world.Text(
            "select concat_ws(' ', (p.received_at = @charged)::text, (i.paid_at = @charged)::text) from payments p join invoices i on i.payment_id = p.id",
            new { charged }
        );
}
