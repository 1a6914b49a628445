using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>From the marketing API's call to tasks that wait for an agent, with what Stripe and the catalogue may say on the way.</summary>
public sealed class OrderPathTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?>
            {
                ["Stripe:AttemptTimeout"] = "00:00:01",
                ["Stripe:Retries"] = "0",
                ["Orders:ReservedDomains:0"] = "our-own.example",
            }
        );
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Place_OfAPaidOrder_EndsWithInvoiceSubscriptionsAndTasks()
    {
        var (payment, domain) = await Paid();

        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        var order = await _desk.UntilStatus(reference, "completed");

        Assert.Equal("provisioning", order.GetProperty("order").GetProperty("status").GetString());
        Assert.Equal(45.82m, order.GetProperty("order").GetProperty("total").GetDecimal());
        Assert.Matches(@"^INV-\d{4}-000001$", order.GetProperty("order").GetProperty("invoiceNumber").GetString());
        Assert.Equal(
            ["intake", "payment", "customer", "order", "subscriptions", "invoice", "tasks"],
            order.GetProperty("timeline").EnumerateArray().Select(l => l.GetProperty("step").GetString())
        );
        Assert.Equal(
            [("hosting", "srv1"), ("backup", "srv1")],
            Tasks(order).Select(t => (t.GetProperty("type").GetString()!, t.GetProperty("server").GetString()!))
        );
        Assert.Equal(3, await _desk.Count("select count(*) from subscriptions where status = 'pending'"));
        Assert.Equal(1, await _desk.Count("select count(*) from invoices where status = 'paid' and total = 45.82"));
        Assert.Equal(3, await _desk.Count("select count(*) from invoice_lines"));
        Assert.Equal(1, await _desk.Count("select count(*) from websites where domain = @domain and status = 'pending'", new { domain }));
        Assert.Equal(1, await _desk.Count("select website_count from servers where name = 'srv1'"));
    }

    [Fact]
    public async Task Place_TwentyTimesAtOnce_MakesOneOrderAndOneSetOfTasks()
    {
        var (payment, domain) = await Paid();
        var body = OrderDesk.Example(payment, domain);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _desk.Post(body)));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(19, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        var references = await Task.WhenAll(answers.Select(a => a.Content.ReadFromJsonAsync<JsonElement>()));
        var reference = Assert.Single(references.Select(r => r.GetProperty("reference").GetString()).Distinct());
        await _desk.UntilStatus(reference!, "completed");
        Assert.Equal(1, await _desk.Count("select count(*) from orders"));
        Assert.Equal(2, await _desk.Count("select count(*) from provisioning_tasks"));
        Assert.Equal(1, await _desk.Count("select count(*) from outbox where kind = 'order'"));
    }

    [Fact]
    public async Task Place_WithTheSamePaymentIntentAndAnotherBody_Returns409AndChangesNothing()
    {
        var (payment, domain) = await Paid();
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));

        using var answer = await _desk.Post(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("order_contradicts", await Code(answer));
        Assert.Equal(1, await _desk.Count("select count(*) from order_intakes"));
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'order.contradicted' and subject = 'order ' || @reference",
                new { reference }
            )
        );
    }

    [Theory]
    [InlineData(FailureKind.WrongAmount, "amount_mismatch")]
    [InlineData(FailureKind.WrongCurrency, "currency_mismatch")]
    [InlineData(FailureKind.ModeMismatch, "payment_mode_mismatch")]
    [InlineData(FailureKind.Refunded, "payment_refunded")]
    [InlineData(FailureKind.Disputed, "payment_disputed")]
    [InlineData(FailureKind.NotFound, "payment_not_found")]
    [InlineData(FailureKind.Unauthorized, "stripe_unauthorized")]
    public async Task Place_WithAPaymentInDoubt_StopsForAPersonAndProvisionsNothing(FailureKind failure, string code)
    {
        var (payment, domain) = await Paid();
        await _stripe.Fail(new Failure(failure, payment));

        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        var order = await _desk.UntilStatus(reference, "needs_review");

        Assert.Equal(code, order.GetProperty("reasonCode").GetString());
        Assert.NotEmpty(order.GetProperty("reason").GetString()!);
        Assert.Equal(0, await _desk.Count("select count(*) from provisioning_tasks"));
        Assert.Equal(0, await _desk.Count("select count(*) from payments"));
    }

    [Fact]
    public async Task Resume_AfterTheDoubtIsGone_FinishesTheChain()
    {
        var (payment, domain) = await Paid();
        await _stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        await _desk.UntilStatus(reference, "needs_review");
        await _stripe.ClearFailures();

        using var resumed = await _desk.Http.PostAsync($"/api/admin/orders/{reference}/resume", null);
        var order = await _desk.UntilStatus(reference, "completed");

        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        Assert.Equal(JsonValueKind.Null, order.GetProperty("reasonCode").ValueKind);
        Assert.Contains(order.GetProperty("timeline").EnumerateArray(), l => l.GetProperty("outcome").GetString() == "resumed");
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.resumed'"));
    }

    [Fact]
    public async Task Place_WithACancelledPayment_IsRejected()
    {
        var (payment, domain) = await Paid();
        await _stripe.Fail(new Failure(FailureKind.Canceled, payment));

        var order = await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, domain)), "rejected");

        Assert.Equal("payment_cancelled", order.GetProperty("reasonCode").GetString());
        Assert.Equal(0, await _desk.Count("select count(*) from orders"));
    }

    [Fact]
    public async Task Place_WithAPaymentThatIsStillProcessing_WaitsAndAsksAgain()
    {
        var (payment, domain) = await Paid();
        await _stripe.Fail(new Failure(FailureKind.Processing, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));

        var waiting = await _desk.UntilReason(reference, "payment_pending");
        await _stripe.ClearFailures();
        await _desk.UntilStatus(reference, "completed");

        Assert.Equal("processing", waiting.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(FailureKind.ServerError, "stripe_error")]
    [InlineData(FailureKind.RateLimited, "stripe_rate_limited")]
    [InlineData(FailureKind.Reset, "stripe_unreachable")]
    [InlineData(FailureKind.Timeout, "stripe_timeout")]
    public async Task Place_WhileStripeIsInTrouble_WaitsVisiblyAndGoesOnByItself(FailureKind failure, string code)
    {
        var (payment, domain) = await Paid();
        await _stripe.Fail(new Failure(failure, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));

        var waiting = await _desk.UntilReason(reference, code);
        await _stripe.ClearFailures();
        await _desk.UntilStatus(reference, "completed");

        Assert.Contains("Waiting for Stripe", waiting.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await _desk.Count("select count(*) from payments"));
    }

    [Fact]
    public async Task Place_WithAnUnknownProduct_FinishesAfterTheProductIsAdded()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 500);
        var reference = await _desk.Place(Single(payment, "brand-new", 5.00));
        var order = await _desk.UntilStatus(reference, "needs_review");
        Assert.Equal("unknown_product", order.GetProperty("reasonCode").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from outbox where state = 'stopped' and code = 'unknown_product'"));

        await _desk.Execute(
            """
            with p as (
                insert into products (code, name, description, provisions) values ('brand-new', 'Brand new', '', 'none') returning id
            )
            insert into product_prices (product_id, billing_period, currency, amount) select id, 'month', 'USD', 5.00 from p
            """
        );
        using var resumed = await _desk.Http.PostAsync($"/api/admin/orders/{reference}/resume", null);
        var done = await _desk.UntilStatus(reference, "completed");

        Assert.Equal("completed", done.GetProperty("order").GetProperty("status").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from subscriptions where status = 'active'"));
    }

    [Fact]
    public async Task Place_WithAnotherPrice_FinishesOnlyAfterAPersonAcceptsIt()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 100);
        var reference = await _desk.Place(Single(payment, "professional-mail", 1.00));
        var stopped = await _desk.UntilStatus(reference, "needs_review");
        Assert.Equal("price_mismatch", stopped.GetProperty("reasonCode").GetString());

        using var plain = await _desk.Http.PostAsync($"/api/admin/orders/{reference}/resume", null);
        await _desk.Until(reference, o => Timeline(o).Count(l => l == "needs_review") == 2);
        using var accepted = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { acceptPrices = true });
        var done = await _desk.UntilStatus(reference, "completed");

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(1.00m, done.GetProperty("order").GetProperty("total").GetDecimal());
        Assert.Equal(1, await _desk.Count("select count(*) from order_intakes where prices_accepted_by is not null"));
    }

    [Fact]
    public async Task Place_WhosePriceChangesWhileThePaymentIsPending_GoesOnAtThePriceOfItsDay()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 299, status: "processing");
        var reference = await _desk.Place(Single(payment, "professional-mail", 2.99));
        await _desk.UntilReason(reference, "payment_pending");

        await _desk.Execute(
            """
            update product_prices set amount = 3.99, updated_at = now()
            where billing_period = 'month' and product_id = (select id from products where code = 'professional-mail')
            """
        );
        await _stripe.Payment(payment, 299);
        var done = await _desk.UntilStatus(reference, "completed");

        Assert.Equal(2.99m, done.GetProperty("order").GetProperty("total").GetDecimal());
    }

    [Theory]
    [InlineData("update product_prices set active = false where product_id = (select id from products where code = 'professional-mail')")]
    [InlineData(
        """
            update product_prices set amount = 9.99 where product_id = (select id from products where code = 'professional-mail');
            update product_prices set amount = 19.99 where product_id = (select id from products where code = 'professional-mail')
            """
    )]
    public async Task Place_WhosePriceWasWithdrawnWhileThePaymentIsPending_GoesOn(string change)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 299, status: "processing");
        var reference = await _desk.Place(Single(payment, "professional-mail", 2.99));
        await _desk.UntilReason(reference, "payment_pending");

        await _desk.Execute(change);
        await _stripe.Payment(payment, 299);

        await _desk.UntilStatus(reference, "completed");
    }

    [Fact]
    public async Task Place_AtAPriceOfBefore_StopsForAPerson()
    {
        await _desk.Execute(
            "update product_prices set amount = 3.99 where product_id = (select id from products where code = 'professional-mail')"
        );
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 299);

        var order = await _desk.UntilStatus(await _desk.Place(Single(payment, "professional-mail", 2.99)), "needs_review");

        Assert.Equal("price_mismatch", order.GetProperty("reasonCode").GetString());
    }

    [Fact]
    public async Task Resume_OfAnOrderThatIsNotStopped_Returns409()
    {
        var (payment, domain) = await Paid();
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        await _desk.UntilStatus(reference, "completed");

        using var answer = await _desk.Http.PostAsync($"/api/admin/orders/{reference}/resume", null);
        using var missing = await _desk.Http.PostAsync("/api/admin/orders/ORD-1/resume", null);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("not_stopped", await Code(answer));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(0, await _desk.Count("select count(*) from audit_entries where action = 'order.resumed'"));
    }

    [Fact]
    public async Task Post_OfTheSameOrderInAnotherSpelling_IsARepeat()
    {
        var (payment, domain) = await Paid();
        var order = JsonSerializer.SerializeToNode(OrderDesk.Example(payment, domain))!;
        order["customerName"] = "Zo\u00EB Client";
        var reference = await _desk.Place(order);

        order["customerName"] = " Zoe\u0308 \tClient\uFEFF";
        order["customerEmail"] = " CLIENT@Example.com";
        order["primaryDomain"] = $"https://{domain.ToUpperInvariant()}./";
        var items = order["items"]!.AsArray();
        items[0]!["unitPrice"] = 29.880000000000003m;
        var last = items[2];
        items.RemoveAt(2);
        items.Insert(0, last);
        using var again = await _desk.Post(order);
        order["customerName"] = "Somebody Else";
        using var other = await _desk.Post(order);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(reference, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString());
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal(1, await _desk.Count("select count(*) from order_intakes"));
    }

    [Fact]
    public async Task Post_OfAnOrderThatAnEarlierReleaseTookIn_IsARepeat()
    {
        var (payment, domain) = await Paid();
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        await _desk.Execute("update order_intakes set body_digest = sha256('as that release computed it')");

        using var again = await _desk.Post(OrderDesk.Example(payment, domain));
        using var other = await _desk.Post(OrderDesk.Example(payment, $"other-{domain}"));

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(reference, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString());
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("shop.")]
    public async Task Place_ForADomainOfAnotherCustomer_StopsForAPerson(string below)
    {
        var (payment, domain) = await Paid();
        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, domain)), "completed");
        var second = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(second, OrderDesk.ExampleTotal);

        var order = await _desk.UntilStatus(
            await _desk.Place(OrderDesk.Example(second, below + domain, "other@example.com")),
            "needs_review"
        );

        Assert.Equal("domain_taken", order.GetProperty("reasonCode").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from websites"));
        // It stopped before the first document.
        Assert.Equal((1, 1), (await _desk.Count("select count(*) from orders"), await _desk.Count("select count(*) from invoices")));
    }

    [Fact]
    public async Task Place_OfADomainAndItsWwwNameByTwoCustomersAtOnce_SellsOne()
    {
        for (var round = 0; round < 5; round++)
        {
            var (first, domain) = await Paid();
            var (second, _) = await Paid();

            var references = await Task.WhenAll(
                _desk.Place(OrderDesk.Example(first, domain, "one@example.com")),
                _desk.Place(OrderDesk.Example(second, $"www.{domain}", "two@example.com"))
            );
            var orders = await Task.WhenAll(
                references.Select(r => _desk.Until(r, o => o.GetProperty("status").GetString() is "completed" or "needs_review"))
            );

            Assert.Equal(
                ["completed", "needs_review"],
                orders.Select(o => o.GetProperty("status").GetString()!).Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public async Task Place_AsTheMillionthInvoiceOfItsSeries_GetsALongerNumber()
    {
        await _desk.Execute(
            "insert into invoice_series (series, next_number) values ('INV-' || extract(year from now() at time zone 'UTC'), 1000000)"
        );
        var (payment, domain) = await Paid();

        var order = await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, domain)), "completed");

        Assert.EndsWith("-1000000", order.GetProperty("order").GetProperty("invoiceNumber").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_BelowAReservedDomain_StopsForAPerson()
    {
        var (payment, _) = await Paid();

        var order = await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, "panel.our-own.example")), "needs_review");

        Assert.Equal("domain_reserved", order.GetProperty("reasonCode").GetString());
        Assert.Equal(0, await _desk.Count("select count(*) from domains"));
    }

    [Fact]
    public async Task Place_OfHostingForAPeriodItIsNotSoldFor_StopsEvenIfThePriceIsAccepted()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 500);
        var reference = await _desk.Place(Single(payment, "starter", 5.00, "one_time"));
        await _desk.UntilReason(reference, "period_not_sold");

        using var accepted = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { acceptPrices = true });
        var order = await _desk.Until(reference, o => Timeline(o).Count(l => l == "needs_review") == 2);

        Assert.Equal("period_not_sold", order.GetProperty("reasonCode").GetString());
        Assert.Equal(0, await _desk.Count("select count(*) from orders"));
    }

    [Fact]
    public async Task Place_TwiceByOneCustomerInAnotherCase_FindsTheCustomer()
    {
        var (first, domain) = await Paid();
        var (second, other) = await Paid();

        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(first, domain, "Client@example.com")), "completed");
        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(second, other, "client@EXAMPLE.com")), "completed");

        Assert.Equal(1, await _desk.Count("select count(*) from customers"));
        Assert.Equal(2, await _desk.Count("select max(number) from invoices"));
    }

    [Fact]
    public async Task Place_FortyAtOnce_NumbersInvoicesWithoutGapsAndCountsTheWebsites()
    {
        var references = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async i =>
                {
                    var (payment, domain) = await Paid();
                    return await _desk.Place(OrderDesk.Example(payment, domain, $"client{i % 4}@example.com"));
                })
        );
        foreach (var reference in references)
            await _desk.UntilStatus(reference, "completed");

        Assert.Equal(40, await _desk.Count("select count(distinct number) from invoices"));
        Assert.Equal(40, await _desk.Count("select max(number) from invoices"));
        Assert.Equal(4, await _desk.Count("select count(*) from customers"));
        Assert.Equal(40, await _desk.Count("select website_count from servers where name = 'srv1'"));
        Assert.Equal(
            0,
            await _desk.Count("select count(*) from orders o where total <> (select sum(total) from invoices where order_id = o.id)")
        );
    }

    [Fact]
    public async Task Place_WhenNoServerHasRoom_CompletesAndSaysWhatItWaitsFor()
    {
        await _desk.Execute("update servers set website_capacity = 0");
        var (payment, domain) = await Paid();

        var order = await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, domain)), "completed");

        Assert.All(Tasks(order), t => Assert.Equal("a server with room", t.GetProperty("waitingFor").GetString()));
        Assert.Equal("provisioning", order.GetProperty("order").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Delete_OfFinancialRows_IsRefusedByTheDatabase()
    {
        var (payment, domain) = await Paid();
        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, domain)), "completed");

        foreach (var table in new[] { "invoice_lines", "invoices", "payments", "order_items", "orders", "order_intakes" })
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _desk.Execute($"delete from {table}"));
    }

    private static object Single(string payment, string product, double price, string period = "month") =>
        new
        {
            stripePaymentIntentId = payment,
            customerEmail = "client@example.com",
            customerName = "Client Name",
            items = new[]
            {
                new
                {
                    productSlug = product,
                    qty = 1,
                    unitPrice = price,
                    billingPeriod = period,
                },
            },
            primaryDomain = OrderDesk.NewDomain(),
        };

    private async Task<(string Payment, string Domain)> Paid()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        return (payment, OrderDesk.NewDomain());
    }

    private static IEnumerable<JsonElement> Tasks(JsonElement order) => order.GetProperty("tasks").EnumerateArray();

    private static IEnumerable<string?> Timeline(JsonElement order) =>
        order.GetProperty("timeline").EnumerateArray().Select(l => l.GetProperty("outcome").GetString());

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
