using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>A person ends an order: what it brought ends with it, once, and its money goes back.</summary>
public sealed class CancelOrderTests : IAsyncLifetime
{
    private static readonly string[] Everything = ["orders.view", "orders.manage", "invoices.view", "invoices.manage", "websites.manage"];

    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?> { ["Stripe:AttemptTimeout"] = "00:00:01", ["Stripe:Retries"] = "0" }
        );
        _desk = await OrderDesk.Open(_panel);
        _client = await _panel.Client([.. Everything, "provisioning.retry", "dashboard.view"]);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Cancel_OfWhatWasDelivered_EndsAllOfItAndGivesTheMoneyBack()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter", "daily-backups-30d");
        await Live();

        using var answer = await Cancel(order, new { reason = "Changed their mind" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Settled();

        Assert.Equal("refunded", await Text("select status from orders"));
        Assert.Equal(2, await _desk.Count("select count(*) from subscriptions where status = 'cancelled' and cancelled_at is not null"));
        Assert.Equal(
            "removing suspended",
            await Text("select w.status || ' ' || (p.spec ->> 'state') from websites w join placements p on p.subject_id = w.id")
        );
        Assert.Equal("8.480 succeeded Changed their mind", await Text("select concat_ws(' ', amount, status, reason) from refunds"));
        Assert.Equal("refunded 0.000 8.480", await Text("select concat_ws(' ', status, settled, credited) from invoices"));
        Assert.Equal("Changed their mind", await Text("select reason from credit_notes"));
        // Its website's removal is what is left to do.
        Assert.Equal(
            "apply",
            await Text("select string_agg(action, ' ') from provisioning_tasks where status in ('pending', 'in_progress', 'failed')")
        );
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.cancelled'"));
        Assert.Contains(
            (await _desk.Get(order)).GetProperty("timeline").EnumerateArray(),
            l => l.GetProperty("message").GetString()?.Contains("Reason: Changed their mind", StringComparison.Ordinal) == true
        );
        Assert.DoesNotContain("payment_refunded", await _client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_BeforeAnythingStands_FreesTheNamesAndCancelsTheTasks()
    {
        var domain = OrderDesk.NewDomain();
        var order = await Completed(domain, "starter");

        using var answer = await Cancel(order, new { reason = "Typo in the domain" });
        await Settled();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("removed", await Text("select status from websites"));
        Assert.Equal(0, await _desk.Count("select count(*) from hostnames where name = @domain", new { domain }));
        Assert.Equal(1, await _desk.Count("select count(*) from provisioning_tasks where status = 'cancelled'"));
        Assert.Equal(0, await _desk.Count("select count(*) from servers where website_count <> 0"));
        var task = await _desk.Count("select id from provisioning_tasks");
        using var retried = await _client.PostAsync($"/api/admin/provisioning/tasks/{task}/retry", null);
        Assert.Equal(HttpStatusCode.Conflict, retried.StatusCode);
        Assert.Equal("refunded", await Text("select status from orders"));
    }

    [Fact]
    public async Task Retry_OfATaskWhoseOrderIsCancelled_IsRefused()
    {
        var order = await Completed(OrderDesk.NewDomain(), "daily-backups-30d");
        using var answer = await Cancel(order, new { reason = "Not wanted" });
        var task = await _desk.Count("select id from provisioning_tasks");

        using var retried = await _client.PostAsync($"/api/admin/provisioning/tasks/{task}/retry", null);

        Assert.Equal(HttpStatusCode.Conflict, retried.StatusCode);
        Assert.Equal("cancelled", await Text("select status from provisioning_tasks"));
    }

    [Fact]
    public async Task Cancel_OfAnOrderThatStopped_RejectsItAndLeavesTheEarlierOneAlone()
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "business");
        var stopped = await _desk.Place(await Paid(domain, "starter"));
        await _desk.UntilStatus(stopped, "needs_review");

        using var answer = await Cancel(stopped, new { reason = "Paid twice" });
        await Settled();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("rejected", (await _desk.Get(stopped)).GetProperty("status").GetString());
        Assert.Equal(
            "3.490 3.490 refunded",
            await Text("select concat_ws(' ', amount, refunded, status) from payments order by id desc limit 1")
        );
        Assert.Equal(0, await _desk.Count("select count(*) from credit_notes"));
        Assert.Equal("business pending", await Text("select plan || ' ' || status from websites"));
        Assert.Equal(1, await _desk.Count("select count(*) from subscriptions where status = 'pending'"));
        Assert.DoesNotContain("payment_refunded", await _client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("business", "starter")]
    [InlineData("starter", "business")]
    public async Task Cancel_OfOneOfTwoPlansOnAWebsite_LeavesItWithTheOther(string first, string second)
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, first);
        await Live();
        var both = await _desk.Place(await Paid(domain, second));
        await _desk.UntilStatus(both, "needs_review");
        using var kept = await _client.PostAsJsonAsync($"/api/admin/orders/{both}/resume", new { accept = "keep_both" });
        await _desk.UntilStatus(both, "completed");
        Assert.Equal("business", await Text("select plan from websites"));

        using var answer = await Cancel(both, new { reason = "One is enough" });
        await Settled();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"{first} active", await Text("select plan || ' ' || status from websites"));
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from placements p join products b on b.code = @first where p.spec -> 'limits' ->> 'uploadMb' = b.upload_mb::text",
                new { first }
            )
        );
    }

    [Fact]
    public async Task Cancel_ThatKeepsTheWebsitesAndTheMoney_EndsTheSubscriptionsOnly()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");
        await Live();

        using var answer = await Cancel(
            order,
            new
            {
                reason = "A friend of the house",
                refund = false,
                keepWebsites = true,
            }
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", await Text("select status from orders"));
        Assert.Equal("active", await Text("select status from websites"));
        Assert.Equal("cancelled", await Text("select status from subscriptions"));
        Assert.Equal(0, await _desk.Count("select count(*) from refunds"));
    }

    [Fact]
    public async Task Cancel_ManyTimesWithOneRequestId_IsOnce()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");
        var wish = new { reason = "Twice clicked", requestId = Guid.NewGuid() };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Cancel(order, wish)));
        using var other = await Cancel(order, new { reason = "Again" });
        await Settled();

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal((HttpStatusCode.Conflict, "order_over"), await Problem(other));
        Assert.Equal(1, await _desk.Count("select count(*) from refunds"));
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.cancelled'"));
    }

    [Fact]
    public async Task Cancel_WhoseRefundStripeRefuses_StandsUnderNeedsAttention()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");
        await _stripe.Steer(HttpMethod.Post, "disputes", new { of = await Text("select stripe_payment_intent_id from payments") });

        using var answer = await Cancel(order, new { reason = "Not wanted" });
        await Settled();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", await Text("select status from orders"));
        Assert.Equal("failed", await Text("select status from refunds"));
        Assert.Contains("refund_failed", await _client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OfWhatStripeHadRefundedBefore_IsRefundedAtOnce()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");
        var invoice = await _desk.Count("select id from invoices");
        using var refund = await _client.PostAsJsonAsync($"/api/admin/invoices/{invoice}/refund", new { reason = "All of it" });
        await Settled();
        Assert.Equal("provisioning", await Text("select status from orders"));
        Assert.Contains("payment_refunded", await _client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);

        using var answer = await Cancel(order, new { reason = "The money is back" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("refunded", await Text("select status from orders"));
        Assert.Equal(1, await _desk.Count("select count(*) from refunds"));
        Assert.DoesNotContain("payment_refunded", await _client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "reason": "R", "amount": 3.50 }""", 422, "refund_too_large")]
    [InlineData("""{ "reason": "R", "amount": 0 }""", 400, "validation_failed")]
    [InlineData("""{ "reason": "R", "amount": 1.001 }""", 400, "validation_failed")]
    [InlineData("""{ "reason": "" }""", 400, "validation_failed")]
    [InlineData("""{ "reason": "two\nlines" }""", 400, "validation_failed")]
    public async Task Cancel_ThatCannotBe_ChangesNothing(string body, int status, string code)
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");

        using var answer = await _client.PostAsync(
            $"/api/admin/orders/{order}/cancel",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );

        Assert.Equal(((HttpStatusCode)status, code), await Problem(answer));
        await Untouched();
    }

    [Fact]
    public async Task Cancel_WithoutThePermissionForMoneyOrWebsites_ChangesNothing()
    {
        var order = await Completed(OrderDesk.NewDomain(), "starter");
        using var viewer = await _panel.Client("orders.view");
        using var manager = await _panel.Client("orders.view", "orders.manage");
        using var bookkeeper = await _panel.Client("orders.view", "orders.manage", "invoices.manage");

        using var none = await viewer.PostAsJsonAsync($"/api/admin/orders/{order}/cancel", new { reason = "R", refund = false });
        using var money = await manager.PostAsJsonAsync($"/api/admin/orders/{order}/cancel", new { reason = "R", keepWebsites = true });
        using var site = await bookkeeper.PostAsJsonAsync($"/api/admin/orders/{order}/cancel", new { reason = "R" });

        Assert.All(new[] { none, money, site }, a => Assert.Equal(HttpStatusCode.Forbidden, a.StatusCode));
        await Untouched();
    }

    [Fact]
    public async Task Cancel_OfAPaymentThatWasNotTaken_MovesNoMoney()
    {
        var order = await Unbound();

        using var refund = await Cancel(order, new { reason = "Whose is it?" });
        using var closed = await Cancel(order, new { reason = "Whose is it?", refund = false });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "payment_not_taken"), await Problem(refund));
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
        Assert.Equal("rejected", (await _desk.Get(order)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Cancel_WhileAProcessWorksOnIt_IsRefused()
    {
        var order = await Unbound();
        await _desk.Execute(
            """
            update outbox set state = 'running', runner = gen_random_uuid(), leased_until = now() + interval '1 hour'
            where kind = 'order'
            """
        );

        using var answer = await Cancel(order, new { reason = "R", refund = false });

        Assert.Equal((HttpStatusCode.Conflict, "order_at_work"), await Problem(answer));
    }

    [Fact]
    public async Task Cancel_WithTheRequestIdOfAnotherRefund_ChangesNothing()
    {
        var (first, second) = (await Completed(OrderDesk.NewDomain(), "starter"), await Completed(OrderDesk.NewDomain(), "starter"));
        var wish = new { reason = "Not wanted", requestId = Guid.NewGuid() };
        using var done = await Cancel(first, wish);
        await Settled();

        using var other = await Cancel(second, wish);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (done.StatusCode, other.StatusCode));
        Assert.Equal("refunded provisioning", await Text("select string_agg(status, ' ' order by id) from orders"));
    }

    [Fact]
    public async Task Cancel_OfWhatWasRefundedInPartWhileItWaited_IsTheWayOut()
    {
        var product = new
        {
            productSlug = "starter",
            qty = 1,
            unitPrice = 9.99m,
            billingPeriod = "month",
        };
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 999);
        var order = await _desk.Place(
            new
            {
                stripePaymentIntentId = payment,
                customerEmail = "client@example.com",
                customerName = "Client Name",
                items = new[] { product },
                primaryDomain = OrderDesk.NewDomain(),
            }
        );
        await _desk.UntilReason(order, "price_mismatch");
        await _desk.Execute("update payments set refunded = 1, status = 'partially_refunded'");

        using var resumed = await _client.PostAsJsonAsync($"/api/admin/orders/{order}/resume", new { acceptPrices = true });
        await _desk.UntilReason(order, "payment_refunded");
        using var answer = await Cancel(order, new { reason = "Too dear" });
        await Settled();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (resumed.StatusCode, answer.StatusCode));
        Assert.Equal(0, await _desk.Count("select count(*) from invoices"));
        Assert.Equal("8.990", await Text("select amount::text from refunds"));
    }

    [Fact]
    public async Task Job_OfARefund_CannotBeGivenUp()
    {
        await _desk.Execute(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, state, code, reason, correlation_id)
            values ('refund:9', 'stripe.refund', 'refund', 9, 'R', 'stopped', 'stripe_unauthorized', 'No', 'c')
            """
        );
        using var ops = await _panel.Client("jobs.view", "jobs.manage");

        using var answer = await ops.PostAsync(
            $"/api/admin/jobs/{await _desk.Count("select id from outbox where key = 'refund:9'")}/cancel",
            null
        );

        Assert.Equal((HttpStatusCode.Conflict, "not_cancellable"), await Problem(answer));
        Assert.Equal("stopped", await Text("select state from outbox where key = 'refund:9'"));
    }

    [Fact]
    public async Task Page_SaysWhatEnds_AndCancels()
    {
        var domain = OrderDesk.NewDomain();
        var order = await Completed(domain, "starter");
        await Live();
        using var viewer = await _panel.SignIn("orders.view");
        Assert.DoesNotContain("Cancel the order", await viewer.GetStringAsync($"/orders/{order}"), StringComparison.Ordinal);
        using var pages = await _panel.SignIn([.. Everything, "subscriptions.view"]);

        var before = await pages.GetStringAsync($"/orders/{order}");
        var form = new Dictionary<string, string>
        {
            ["requestId"] = Guid.NewGuid().ToString(),
            ["refund"] = "true",
            ["amount"] = "1.00",
            ["reason"] = "Partly used",
        };
        for (var i = 0; i < 2; i++)
        {
            using var answer = await pages.PostForm($"/orders/{order}?handler=Cancel", form, $"/orders/{order}");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        await Settled();

        Assert.Contains($"{domain} is switched off at once", before, StringComparison.Ordinal);
        Assert.Contains("Its subscription ends today.", before, StringComparison.Ordinal);
        Assert.Equal("cancelled", await Text("select status from orders"));
        Assert.Equal("1.000 succeeded", await Text("select amount || ' ' || status from refunds"));
        var subscription = await _desk.Count("select id from subscriptions");
        Assert.Contains("<dt>Cancelled</dt>", await pages.GetStringAsync($"/subscriptions/{subscription}"), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"cancel\"", await pages.GetStringAsync($"/orders/{order}"), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> Cancel(string order, object wish) =>
        _client.PostAsJsonAsync($"/api/admin/orders/{order}/cancel", wish);

    private async Task Untouched()
    {
        Assert.Equal("provisioning", await Text("select status from orders"));
        Assert.Equal(
            "pending pending",
            await Text("select s.status || ' ' || w.status from subscriptions s join websites w on w.id = s.website_id")
        );
        Assert.Equal("pending", await Text("select status from provisioning_tasks"));
        Assert.Equal(0, await _desk.Count("select count(*) from refunds"));
        Assert.Equal("3.490 0.000", await Text("select allocated || ' ' || refunding from payments"));
    }

    /// <summary>As its agent would have said.</summary>
    private Task Live() =>
        _desk.Execute(
            """
            update provisioning_tasks set status = 'in_progress', attempt = 1, attempts_spent = 1, revision = 1, lease_token = gen_random_uuid(),
                lease_expires_at = now() + interval '1 hour' where type = 'hosting';
            update provisioning_tasks set status = 'success', lease_token = null, lease_expires_at = null, finished_at = now() where type = 'hosting';
            update placements set applied_revision = revision, condition = 'ok';
            update websites set status = 'active', activated_at = now(), server_id = coalesce(server_id, (select id from servers where name = 'srv1'));
            update subscriptions set status = 'active' where status = 'pending' and website_id is not null;
            """
        );

    /// <summary>All refunds that were asked for are over.</summary>
    private Task Settled() =>
        Wait.Until(
            async () => await _desk.Count("select count(*) from outbox where kind like 'stripe.%' and state <> 'done'") == 0,
            "the refunds to be done"
        );

    private async Task<string> Completed(string domain, params string[] products)
    {
        var reference = await _desk.Place(await Paid(domain, products));
        await _desk.UntilStatus(reference, "completed");
        return reference;
    }

    /// <summary>Its payment doesn't name it.</summary>
    private async Task<string> Unbound()
    {
        using var answer = await _desk.PostText(
            JsonSerializer.Serialize(await Paid(OrderDesk.NewDomain(), "starter"), JsonSerializerOptions.Web)
        );
        var reference = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;
        await _desk.UntilReason(reference, "payment_unbound");
        return reference;
    }

    private async Task<object> Paid(string domain, params string[] products)
    {
        var payment = OrderDesk.NewPaymentIntent();
        var items = products
            .Select(p => new
            {
                productSlug = p,
                qty = 1,
                unitPrice = p switch
                {
                    "starter" => 3.49m,
                    "business" => 8.95m,
                    _ => 4.99m,
                },
                billingPeriod = "month",
            })
            .ToArray();
        await _stripe.Payment(payment, (long)(items.Sum(i => i.unitPrice) * 100));
        return new
        {
            stripePaymentIntentId = payment,
            customerEmail = "client@example.com",
            customerName = "Client Name",
            items,
            primaryDomain = domain,
        };
    }

    private static async Task<(HttpStatusCode, string?)> Problem(HttpResponseMessage answer) =>
        (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());

    private async Task<string?> Text(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql);
    }
}
