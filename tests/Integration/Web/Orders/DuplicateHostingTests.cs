using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>Orders of hosting for a domain that has hosting from an earlier order: nothing about its website changes without a person.</summary>
public sealed class DuplicateHostingTests : IAsyncLifetime
{
    private const string Live = "update websites set status = 'active', server_id = (select id from servers where name = 'srv1')";

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

    [Theory]
    [InlineData("business", "starter", false)]
    [InlineData("starter", "business", false)]
    [InlineData("starter", "starter", true)]
    public async Task Place_ForADomainThatHasHosting_StopsBeforeTheFirstDocument(string has, string ordered, bool isTwice)
    {
        var domain = OrderDesk.NewDomain();
        var first = await Completed(domain, has);

        var (reference, order) = await Stopped(domain, ordered);

        Assert.Equal("duplicate_hosting", order.GetProperty("reasonCode").GetString());
        var reason = order.GetProperty("reason").GetString();
        Assert.Contains(first, reason, StringComparison.Ordinal);
        Assert.Equal(isTwice, reason!.Contains("Possible double payment", StringComparison.Ordinal));
        Assert.Equal(
            (1, 1, 1),
            (
                await _desk.Count("select count(*) from orders"),
                await _desk.Count("select count(*) from invoices"),
                await _desk.Count("select count(*) from subscriptions")
            )
        );
        Assert.Equal(1, await _desk.Count("select count(*) from websites where plan = @has", new { has }));
        Assert.NotEqual(first, reference);
    }

    [Theory]
    [InlineData("", "www.")]
    [InlineData("www.", "")]
    public async Task Place_ForTheOtherNameOfAWebsite_StopsAsWell(string has, string ordered)
    {
        var domain = OrderDesk.NewDomain();
        var first = await Completed(has + domain, "starter");

        var (_, order) = await Stopped(ordered + domain, "business");

        Assert.Equal("duplicate_hosting", order.GetProperty("reasonCode").GetString());
        Assert.Contains(first, order.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "www.")]
    [InlineData("www.", "")]
    public async Task Place_ForTheOtherNameOfALiveWebsite_StopsAsWell(string has, string ordered)
    {
        var domain = OrderDesk.NewDomain();
        await Completed(has + domain, "business");
        await Cancelled();
        await _desk.Execute(Live);

        await Stopped(ordered + domain, "starter");
    }

    [Fact]
    public async Task Accept_OfBothWhereTheHigherOneWasClosed_AppliesThisOrdersPlan()
    {
        var domain = OrderDesk.NewDomain();
        var first = await Completed(domain, "business");
        await _desk.Execute("alter table order_intakes disable trigger user");
        await _desk.Execute(
            "update order_intakes set status = 'rejected', reason_code = 'closed', reason = 'Closed.' where reference = @first",
            new { first }
        );
        await _desk.Execute("alter table order_intakes enable trigger user");
        var (reference, _) = await Stopped(domain, "starter");

        using var accepted = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { accept = "keep_both" });
        await _desk.UntilStatus(reference, "completed");

        Assert.Equal(
            1,
            await _desk.Count(
                """
                select count(*) from placements p join websites w on w.id = p.subject_id
                where w.domain = @domain and w.plan = 'starter' and p.spec -> 'limits' -> 'uploadMb' = '32'
                """,
                new { domain }
            )
        );
    }

    [Fact]
    public async Task Place_OfTwoPlansInOneOrder_PlacesTheWebsiteByTheOneThatStands()
    {
        await _desk.Execute("update products set server_tags = '{big}' where code = 'business'");
        var domain = OrderDesk.NewDomain();

        await Completed(domain, "business", "starter");

        Assert.Equal(1, await _desk.Count("select count(*) from websites where domain = @domain and server_id is null", new { domain }));
        Assert.Equal(1, await _desk.Count("select count(*) from websites where domain = @domain and plan = 'business'", new { domain }));
    }

    [Fact]
    public async Task Place_OfTheSamePlanADayLater_IsNoDoublePayment()
    {
        var domain = OrderDesk.NewDomain();
        var first = await Completed(domain, "starter");
        await _desk.Execute("update order_intakes set created_at = now() - interval '1 day' where reference = @first", new { first });

        var (_, order) = await Stopped(domain, "starter");

        Assert.DoesNotContain("double", order.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_OfTwoPlansInOneOrder_IsNoDuplicateAndEndsWithTheHighest()
    {
        var domain = OrderDesk.NewDomain();

        await Completed(domain, "business", "starter");

        Assert.Equal(
            1,
            await _desk.Count(
                """
                select count(*) from provisioning_tasks t join placements p on p.id = t.placement_id
                join websites w on w.id = p.subject_id join products b on b.code = w.plan
                where w.domain = @domain and b.code = 'business' and p.spec -> 'limits' ->> 'uploadMb' = b.upload_mb::text
                """,
                new { domain }
            )
        );
    }

    [Fact]
    public async Task Place_TwiceAtOnceForOneDomain_MakesOneSubscription()
    {
        var domain = OrderDesk.NewDomain();
        var orders = new List<object>();
        for (var i = 0; i < 4; i++)
            orders.Add(await Paid(domain, "starter"));

        var references = await Task.WhenAll(orders.Select(_desk.Place));
        foreach (var reference in references)
            await _desk.Until(reference, o => o.GetProperty("status").GetString() is "completed" or "needs_review");

        Assert.Equal(1, await _desk.Count("select count(*) from subscriptions"));
        Assert.Equal(3, await _desk.Count("select count(*) from order_intakes where reason_code = 'duplicate_hosting'"));
    }

    [Fact]
    public async Task Place_ForALiveWebsiteWhosePlanIsCancelled_Stops()
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "business");
        await Cancelled();
        await _desk.Execute(Live);

        var (_, order) = await Stopped(domain, "starter");

        Assert.Contains("live website", order.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_OfAnAddOnForADomainThatHasHosting_Completes()
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "starter");

        await Completed(domain, "daily-backups-30d");
    }

    [Theory]
    [InlineData("keep_both", "business")]
    [InlineData("apply_plan", "starter")]
    public async Task Accept_OfADuplicate_AddsThePlanAndGivesTheWebsiteTheOneDecided(string decision, string applied)
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "business");
        var (reference, _) = await Stopped(domain, "starter");

        using var wrong = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { accept = "payment_unbound" });
        using var accepted = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { accept = decision });
        await _desk.UntilStatus(reference, "completed");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (wrong.StatusCode, accepted.StatusCode));
        Assert.Equal(2, await _desk.Count("select count(*) from subscriptions"));
        Assert.Equal(
            1,
            await _desk.Count(
                """
                select count(*) from placements p join websites w on w.id = p.subject_id join products b on b.code = w.plan
                where w.domain = @domain and b.code = @applied and p.spec -> 'limits' ->> 'uploadMb' = b.upload_mb::text
                """,
                new { domain, applied }
            )
        );
    }

    [Fact]
    public async Task Close_OfADuplicate_RejectsItAndSaysWhatIsOwed()
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "starter");
        var (reference, _) = await Stopped(domain, "starter");
        using var pages = await _panel.SignIn("orders.view", "orders.manage");
        var html = await pages.GetStringAsync($"/orders/{reference}");

        using var empty = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/close", new { note = "" });
        using var closed = await pages.PostForm(
            $"/orders/{reference}?handler=Close",
            new Dictionary<string, string> { ["owed"] = "Refund 29.88 USD" }
        );
        using var again = await _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/close", new { note = "Refund" });

        Assert.Contains("Keep both", html, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.Redirect, HttpStatusCode.Conflict),
            (empty.StatusCode, closed.StatusCode, again.StatusCode)
        );
        var order = await _desk.Get(reference);
        Assert.Equal("rejected", order.GetProperty("status").GetString());
        Assert.Contains(
            order.GetProperty("timeline").EnumerateArray(),
            l => l.GetProperty("message").GetString()?.Contains("Refund 29.88 USD", StringComparison.Ordinal) == true
        );
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.closed'"));
    }

    [Fact]
    public async Task Decide_WithoutThePermission_IsForbidden()
    {
        var domain = OrderDesk.NewDomain();
        await Completed(domain, "starter");
        var (reference, _) = await Stopped(domain, "starter");
        using var viewer = await _panel.Client("orders.view");

        using var accept = await viewer.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", new { accept = "keep_both" });
        using var close = await viewer.PostAsJsonAsync($"/api/admin/orders/{reference}/close", new { note = "Refund" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (accept.StatusCode, close.StatusCode));
    }

    /// <summary>As a database may stand that an earlier release left: nothing cancels a subscription today.</summary>
    private async Task Cancelled()
    {
        await _desk.Execute("alter table subscriptions disable trigger subscriptions_transitions");
        await _desk.Execute("update subscriptions set status = 'cancelled'");
    }

    private async Task<string> Completed(string domain, params string[] products)
    {
        var reference = await _desk.Place(await Paid(domain, products));
        await _desk.UntilStatus(reference, "completed");
        return reference;
    }

    private async Task<(string Reference, JsonElement Order)> Stopped(string domain, string product)
    {
        var reference = await _desk.Place(await Paid(domain, product));
        return (reference, await _desk.UntilStatus(reference, "needs_review"));
    }

    private async Task<object> Paid(string domain, params string[] products)
    {
        var payment = OrderDesk.NewPaymentIntent();
        var items = products
            .Select(p => new
            {
                productSlug = p,
                qty = 1,
                unitPrice = Price(p),
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

    private static decimal Price(string product) =>
        product switch
        {
            "starter" => 3.49m,
            "business" => 8.95m,
            _ => 4.99m,
        };
}
