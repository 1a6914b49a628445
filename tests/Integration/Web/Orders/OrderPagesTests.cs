using System.Net;
using System.Text.RegularExpressions;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>The list of orders and the trace page, as people with and without the permissions use them.</summary>
public sealed partial class OrderPagesTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
        _desk = await OrderDesk.Open(_panel);
        await _desk.Execute(Transitions.Free);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task AnyPage_OfOrders_IsForThoseWhoMaySeeThem()
    {
        var reference = await Placed();
        using var stranger = _panel.Pages();
        using var other = await _panel.SignIn("dashboard.view");

        foreach (var path in new[] { "/orders", $"/orders/{reference}", $"/orders/{reference}?handler=Trace", "/orders?handler=Csv" })
        {
            Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task List_WithoutOrders_SaysSo()
    {
        using var pages = await _panel.SignIn("orders.view");

        Assert.Contains("No orders yet", await pages.GetStringAsync("/orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithOrders_ShowsThemAndGivesThemOutAsCsv()
    {
        var done = await Placed();
        var stopped = await Stopped();
        using var pages = await _panel.SignIn("orders.view");

        var html = await pages.GetStringAsync("/orders");
        var reviews = await pages.GetStringAsync("/orders?status=needs_review");
        var csv = await pages.GetStringAsync($"/orders?handler=Csv&q={done}");

        Assert.Contains($"/orders/{done}", html, StringComparison.Ordinal);
        Assert.Contains("45.82 USD", html, StringComparison.Ordinal);
        Assert.Contains(stopped, reviews, StringComparison.Ordinal);
        Assert.DoesNotContain(done, reviews, StringComparison.Ordinal);
        Assert.Contains(done, csv, StringComparison.Ordinal);
        Assert.DoesNotContain(stopped, csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?sort=password&cursor=x&pageSize=-1&status=<script>alert(1)</script>&from=x&to=0000-00-00&q=%00")]
    [InlineData("?q=%25%5C_'%3B--")]
    [InlineData("?from=0001-01-01&to=9999-12-31")]
    [InlineData("?status=paid&status=paid")]
    public async Task List_WithAHostileQuery_ShowsTheListAndNoScript(string query)
    {
        await Placed();
        using var pages = await _panel.SignIn("orders.view");

        using var answer = await pages.GetAsync("/orders" + query);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_OfAnUnknownOrder_IsNotFound()
    {
        using var pages = await _panel.SignIn("orders.view", "orders.manage");

        foreach (
            var path in new[] { "/orders/ORD-1", "/orders/ORD-1?handler=Trace", "/orders/%3Cscript%3E", $"/orders/{new string('9', 3000)}" }
        )
            Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync(path)).StatusCode);
        using var resumed = await pages.PostForm("/orders/ORD-1?handler=Resume", page: "/orders");
        using var noted = await pages.PostForm("/orders/ORD-1?handler=Note", Note("x"), page: "/orders");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (resumed.StatusCode, noted.StatusCode));
    }

    [Fact]
    public async Task Trace_OfAnOrderWithTasks_ShowsTheWholeWay()
    {
        var reference = await Placed();
        using var pages = await _panel.SignIn("orders.view", "invoices.view", "provisioning.view");

        var html = await pages.GetStringAsync($"/orders/{reference}");

        Assert.Equal(
            ["done", "done", "done", "done", "done", "done", "done", "waiting", "waiting", "waiting"],
            States().Matches(html).Select(m => m.Groups[1].Value)
        );
        Assert.Matches(@"/invoices/\d+", html);
        Assert.Matches(@"/provisioning/tasks/\d+", html);
        Assert.DoesNotContain("/admin/customers/", html, StringComparison.Ordinal);
        Assert.DoesNotContain("dashboard.stripe.com", html, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Resume", html, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Note", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_OfTwoPlansForOneWebsite_HasOneStepOfHosting()
    {
        var reference = await Placed();
        using var pages = await _panel.SignIn("orders.view");

        var titles = Titles().Matches(await pages.GetStringAsync($"/orders/{reference}")).Select(m => m.Groups[1].Value.Trim()).ToList();

        Assert.Equal(titles.Distinct(), titles);
        Assert.Single(titles, t => t.StartsWith("Hosting of ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trace_OfAnAnsweringSiteThatLacksSomething_SaysWhat()
    {
        var reference = await Placed();
        using var pages = await _panel.SignIn("orders.view");
        Assert.DoesNotContain("still to come", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);

        await _desk.Execute(
            """
            with heard as (
                insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
                select id, now(), '1', '{}', 1, '{}' from servers
            ), lives as (
                update websites set status = 'active'
            )
            update provisioning_tasks set status = 'success', finished_at = now() where type = 'hosting'
            """
        );
        var html = await pages.GetStringAsync($"/orders/{reference}");
        await _desk.Execute("update provisioning_tasks set status = 'success', finished_at = now()");

        Assert.Contains("Website answers; still to come: backups", html, StringComparison.Ordinal);
        Assert.Matches("Waits for a node that can do backup: the agent of [a-z0-9-]+, where it is placed, can&#x27;t", html);
        Assert.DoesNotContain("still to come", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_ForSomebodyWhoMaySeeNoTasks_KeepsTheAgentsWords()
    {
        var reference = await Placed();
        await _desk.Execute("update provisioning_tasks set last_error_code = 'nginx_refused', last_error = 'the agent said this'");
        using var mayNot = await _panel.SignIn("orders.view");
        using var may = await _panel.SignIn("orders.view", "provisioning.view");

        Assert.DoesNotContain("the agent said this", await mayNot.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
        Assert.Contains("the agent said this", await may.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_AskedAgain_IsDrawnOnlyWhenSomethingHappened()
    {
        var reference = await Placed();
        using var pages = await _panel.SignIn("orders.view");
        var live = Live()
            .Match(await pages.GetStringAsync($"/orders/{reference}"))
            .Groups[1]
            .Value.Replace("&amp;", "&", StringComparison.Ordinal);

        using var same = await pages.GetAsync(live);
        await _desk.Execute("update provisioning_tasks set status = 'cancelled', finished_at = now()");
        using var changed = await pages.GetAsync(live);
        await _desk.Execute("update websites set status = 'active'");
        var ended = await pages.GetStringAsync(live);

        Assert.Equal(HttpStatusCode.NoContent, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.DoesNotContain("<html", ended, StringComparison.Ordinal);
        Assert.Equal(2, States().Matches(ended).Count(m => m.Groups[1].Value == "cancelled"));
        // Nothing is left to change by itself: it asks no more.
        Assert.DoesNotContain("hx-trigger", ended, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GiveUp_ByTheForm_RejectsTheOrderOnceAndIsAudited()
    {
        var reference = await Stopped();
        using var manager = await _panel.SignIn("orders.view", "orders.manage");
        using var pages = await _panel.SignIn("orders.view", "jobs.manage");
        Assert.DoesNotContain("handler=GiveUp", await manager.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
        Assert.Contains("handler=GiveUp", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);

        using var refused = await manager.PostForm($"/orders/{reference}?handler=GiveUp");
        using var given = await pages.PostForm($"/orders/{reference}?handler=GiveUp");
        await _desk.UntilStatus(reference, "rejected");
        using var again = await pages.PostForm($"/orders/{reference}?handler=GiveUp");
        var html = await pages.GetStringAsync($"/orders/{reference}");

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Redirect, HttpStatusCode.Redirect),
            (refused.StatusCode, given.StatusCode, again.StatusCode)
        );
        Assert.Contains("is not stopped", html, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=GiveUp", html, StringComparison.Ordinal);
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'job.cancelled' and actor_kind = 'user' and actor_name = @Email",
                new { pages.Email }
            )
        );
    }

    [Fact]
    public async Task Resume_ByTheForm_GoesOnOnceAndIsAudited()
    {
        var reference = await Stopped();
        using var pages = await _panel.SignIn("orders.view", "orders.manage");
        Assert.Contains("Compare both", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
        await _stripe.ClearFailures();

        using var resumed = await pages.PostForm($"/orders/{reference}?handler=Resume");
        await _desk.UntilStatus(reference, "completed");
        using var again = await pages.PostForm($"/orders/{reference}?handler=Resume");
        var html = await pages.GetStringAsync($"/orders/{reference}");

        Assert.Equal(HttpStatusCode.Redirect, resumed.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Contains("is not stopped", html, StringComparison.Ordinal);
        Assert.Contains(pages.Email, html, StringComparison.Ordinal);
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'order.resumed' and actor_kind = 'user' and actor_name = @Email and before ->> 'reasonCode' = 'amount_mismatch'",
                new { pages.Email }
            )
        );
    }

    [Fact]
    public async Task AcceptPrices_ByTheForm_ShowsBothPricesFirst()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, 100);
        var reference = await _desk.Place(Cheap(payment));
        await _desk.UntilStatus(reference, "needs_review");
        using var pages = await _panel.SignIn("orders.view", "orders.manage");

        var html = await pages.GetStringAsync($"/orders/{reference}");
        using var accepted = await pages.PostForm($"/orders/{reference}?handler=Accept");
        await _desk.UntilStatus(reference, "completed");

        Assert.Contains("2.99 USD", html, StringComparison.Ordinal);
        Assert.Contains("1.00 USD", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        Assert.Contains($"{pages.Email} accepted the prices", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_OfAFailedTask_HappensOnceAndOnlyOnItsOwnOrder()
    {
        var (reference, other) = (await Placed(), await Placed());
        var task = await _desk.Count(
            "select min(t.id) from provisioning_tasks t join orders o on o.id = t.order_id where o.reference = @reference",
            new { reference }
        );
        await _desk.Execute(
            """
            with failed as (
                update provisioning_tasks
                set status = 'failed', finished_at = now(), last_error_code = 'nginx_refused', last_error = '<script>x</script>'
                where id = @task
                returning placement_id
            )
            update placements p set condition = 'broken' from failed where p.id = failed.placement_id
            """,
            new { task }
        );
        using var pages = await _panel.SignIn("orders.view", "provisioning.view", "provisioning.retry");
        var fields = new Dictionary<string, string> { ["task"] = $"{task}" };
        var html = await pages.GetStringAsync($"/orders/{reference}");

        using var elsewhere = await pages.PostForm($"/orders/{other}?handler=Retry", fields);
        using var retried = await pages.PostForm($"/orders/{reference}?handler=Retry", fields);
        using var again = await pages.PostForm($"/orders/{reference}?handler=Retry", fields);

        Assert.Contains("&lt;script&gt;x", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, retried.StatusCode);
        Assert.Contains("Somebody may have done it already", await pages.GetStringAsync($"/orders/{reference}"), StringComparison.Ordinal);
        Assert.Equal(
            1,
            await _desk.Count("select count(*) from audit_entries where action = 'task.retried' and before ->> 'status' = 'failed'")
        );
    }

    [Fact]
    public async Task Note_ByTheForm_IsKeptOnceAndShownAsText()
    {
        var reference = await Placed();
        using var pages = await _panel.SignIn("orders.view", "orders.manage");
        var note = Note("<b>Called</b>", "re_form", "5.00");

        using var kept = await pages.PostForm($"/orders/{reference}?handler=Note", note);
        using var again = await pages.PostForm($"/orders/{reference}?handler=Note", note);
        var html = await pages.GetStringAsync($"/orders/{reference}");
        using var wrong = await pages.PostForm($"/orders/{reference}?handler=Note", Note("", "x", "much"));

        Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        Assert.Contains("This note was kept before", html, StringComparison.Ordinal);
        Assert.Contains("Refund re_form of 5.00 USD, made at Stripe: &lt;b&gt;Called", html, StringComparison.Ordinal);
        Assert.Equal(1, await _desk.Count("select count(*) from order_notes"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(3, InvalidFields().Count(await wrong.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task AnyForm_WithoutItsPermissionOrToken_ChangesNothing()
    {
        var reference = await Stopped();
        using var viewer = await _panel.SignIn("orders.view");
        using var manager = await _panel.SignIn("orders.view", "orders.manage", "provisioning.retry");

        foreach (var handler in new[] { "Resume", "Accept", "Retry", "Note" })
        {
            using var refused = await viewer.PostForm($"/orders/{reference}?handler={handler}", Note("x"));
            using var forged = await manager.PostAsync($"/orders/{reference}?handler={handler}", new FormUrlEncodedContent(Note("x")));
            Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest), (refused.StatusCode, forged.StatusCode));
        }
        Assert.Equal(0, await _desk.Count("select count(*) from timeline where outcome in ('resumed', 'noted')"));
        Assert.Equal(0, await _desk.Count("select count(*) from audit_entries where action like 'order.%'"));
    }

    private async Task<string> Placed()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(reference, "completed");
        return reference;
    }

    private async Task<string> Stopped()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        await _stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(reference, "needs_review");
        return reference;
    }

    private static object Cheap(string payment) =>
        new
        {
            stripePaymentIntentId = payment,
            customerEmail = "client@example.com",
            customerName = "Client Name",
            items = new[]
            {
                new
                {
                    productSlug = "professional-mail",
                    qty = 1,
                    unitPrice = 1.00,
                    billingPeriod = "month",
                },
            },
            primaryDomain = OrderDesk.NewDomain(),
        };

    private static Dictionary<string, string> Note(string text, string refund = "", string amount = "") =>
        new()
        {
            ["Key"] = $"{Guid.NewGuid()}",
            ["Text"] = text,
            ["RefundReference"] = refund,
            ["RefundAmount"] = amount,
        };

    [GeneratedRegex("""class="trace-step trace-(\w+)""")]
    private static partial Regex States();

    [GeneratedRegex("""<div class="trace-title">\s*<strong>\s*(?:<(?:a|span)[^>]*>)?([^<]+)""")]
    private static partial Regex Titles();

    [GeneratedRegex("""id="trace" hx-get="([^"]+)""")]
    private static partial Regex Live();

    [GeneratedRegex("""form-control is-invalid""")]
    private static partial Regex InvalidFields();
}
