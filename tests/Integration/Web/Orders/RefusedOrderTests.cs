using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>Orders that are refused though their customers have paid: kept, shown, and mended or closed by a person.</summary>
public sealed class RefusedOrderTests : IAsyncLifetime
{
    private const string Route = "/api/admin/orders/refused";
    private const string Count = "select count(*) from refused_orders where status = @status and stripe_payment_intent_id = @payment";

    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Post_OfAnOrderWithFaults_IsKeptOnceWithAllOfThem()
    {
        var payment = OrderDesk.NewPaymentIntent();
        var order = Wrong(payment);

        await Refused(order);
        order["customerName"] = "Second Try";
        await Refused(order);

        var kept = Assert.Single(await List());
        Assert.Equal(
            (payment, "open", 2),
            (
                kept.GetProperty("paymentIntentId").GetString()!,
                kept.GetProperty("status").GetString()!,
                kept.GetProperty("times").GetInt32()
            )
        );
        Assert.Equal(
            ["customerEmail", "primaryDomain"],
            kept.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!)
        );
        var detail = await _desk.Http.GetFromJsonAsync<JsonElement>($"{Route}/{kept.GetProperty("id").GetInt64()}");
        Assert.Contains("Second Try", detail.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal("müller@example.com", detail.GetProperty("order").GetProperty("customerEmail").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.refused'"));
        Assert.Equal(0, await _desk.Count("select count(*) from order_intakes"));
    }

    [Theory]
    [InlineData("""{"stripePaymentIntentId":"%","customerName":"a","customerName":"b"}""")]
    [InlineData("""{"stripePaymentIntentId": "%", "items": "none"}""")]
    [InlineData("""{"stripePaymentIntentId":"%","items":[{"qty":"many"}]}""")]
    [InlineData("""{"stripePaymentIntentId":"%","customerName":"\ud800"}""")]
    [InlineData("""{"stripePaymentIntentId":"%","customerName":"\u0000"}""")]
    [InlineData("""{"stripePaymentIntentId":"%","customerEmail":"a@example.com",""")]
    [InlineData("""{"stripePaymentIntentId":" % ","items":[]}""")]
    [InlineData("{\"stripePaymentIntentId\":\"\uFEFF%\u200B\",\"items\":[]}")]
    public async Task Post_OfAMalformedOrder_IsKeptWithItsPayment(string body)
    {
        var payment = OrderDesk.NewPaymentIntent();

        using var answer = await _desk.PostText(body.Replace("%", payment, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, await _desk.Count(Count, new { status = "open", payment }));
        using var pages = await _panel.SignIn("orders.view", "orders.manage");
        var id = await _desk.Count("select id from refused_orders");
        Assert.Contains(payment, await pages.GetStringAsync($"/orders/refused/{id}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"stripePaymentIntentId":"%","customerEmail":"a@example.com",""")]
    [InlineData("""{"stripePaymentIntentId":"%","customerName":"\u0000"}""")]
    [InlineData("""{"stripePaymentIntentId":"%","customerName":"\ud800"}""")]
    [InlineData("{\"stripePaymentIntentId\":\"%\",\"customerName\":\"\0\"}")]
    public async Task Accept_OfAMalformedBody_MakesItAnOrderAndKeepsTheBodyInTheAudit(string body)
    {
        var payment = OrderDesk.NewPaymentIntent();
        using var refused = await _desk.PostText(body.Replace("%", payment, StringComparison.Ordinal));
        var id = await _desk.Count("select id from refused_orders");

        using var accepted = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/accept", OrderDesk.Example(payment, OrderDesk.NewDomain()));

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(1, await _desk.Count(Count, new { status = "received", payment }));
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'order.refused_accepted' and strpos(before ->> 'body', @payment) > 0",
                new { payment }
            )
        );
    }

    [Fact]
    public async Task Post_OfAnotherBody_KeepsTheOneBeforeInTheAudit()
    {
        var order = Wrong(OrderDesk.NewPaymentIntent());
        await Refused(order);
        await Refused(order);
        order["customerName"] = "Second Try";
        await Refused(order);

        Assert.Equal(
            1,
            await _desk.Count(
                """
                select count(*) from audit_entries
                where action = 'order.refused_again' and before ->> 'body' like '%Client Name%' and after ->> 'body' like '%Second Try%'
                """
            )
        );
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.refused_again'"));
    }

    [Fact]
    public async Task Post_OfEverOtherBodies_KeepsTwentyAndCountsTheRest()
    {
        var order = Wrong(OrderDesk.NewPaymentIntent());
        for (var i = 1; i <= 25; i++)
        {
            order["customerName"] = $"Name {i}";
            await Refused(order);
        }

        Assert.Equal(19, await _desk.Count("select count(*) from audit_entries where action = 'order.refused_again'"));
        Assert.Equal(1, await _desk.Count("select count(*) from refused_orders where times = 25 and strpos(body, 'Name 20') > 0"));
    }

    [Fact]
    public async Task Post_OfAClosedOne_OnlyCounts()
    {
        var order = Wrong(OrderDesk.NewPaymentIntent());
        await Refused(order);
        var id = await _desk.Count("select id from refused_orders");
        using var closed = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refund 29.88 USD" });
        order["customerName"] = "Second Try";

        await Refused(order);

        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from refused_orders where status = 'closed' and times = 2 and strpos(body, 'Client Name') > 0"
            )
        );
    }

    [Fact]
    public async Task Post_OfARepeatWhoseWrongTwinIsOpen_MakesThatReceived()
    {
        var payment = OrderDesk.NewPaymentIntent();
        var order = OrderDesk.Example(payment, OrderDesk.NewDomain());
        await _desk.Place(order);
        await _desk.Execute(
            """
            insert into refused_orders (key, stripe_payment_intent_id, body, faults, received_by, correlation_id)
            values (@payment, @payment, '{}', '[]', 'test', 'none')
            """,
            new { payment }
        );

        using var again = await _desk.Post(order);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(1, await _desk.Count(Count, new { status = "received", payment }));
    }

    [Fact]
    public async Task AcceptAndClose_AtOnce_AreDecidedOnceAndAgree()
    {
        for (var i = 0; i < 8; i++)
        {
            var payment = OrderDesk.NewPaymentIntent();
            await Refused(Wrong(payment));
            var id = await _desk.Count("select id from refused_orders where stripe_payment_intent_id = @payment", new { payment });

            var answers = await Task.WhenAll(
                _desk.Http.PostAsJsonAsync($"{Route}/{id}/accept", OrderDesk.Example(payment, OrderDesk.NewDomain())),
                _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refund" })
            );

            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
            Assert.Equal(
                answers[0].StatusCode == HttpStatusCode.OK ? 1 : 0,
                await _desk.Count("select count(*) from order_intakes where stripe_payment_intent_id = @payment", new { payment })
            );
            foreach (var answer in answers)
                answer.Dispose();
        }
    }

    [Fact]
    public async Task Post_WhereAnotherSenderHasReachedTheBound_IsKeptAndTheRestIsCounted()
    {
        for (var i = 0; i < 102; i++)
        {
            using var answer = await _desk.PostText("{\"customerName\": " + i);
        }
        using var another = await _panel.Client("orders:write");
        using var kept = await another.PostAsync(
            OrderDesk.Route,
            new StringContent("{\"customerName\": 1000", System.Text.Encoding.UTF8, "application/json")
        );
        using var pages = await _panel.SignIn("orders.view", "orders.manage");

        Assert.Equal(101, await _desk.Count("select count(*) from refused_orders"));
        Assert.Equal(2, await _desk.Count("select times from refused_orders_not_kept"));
        foreach (var page in new[] { "/orders", "/attention" })
            Assert.Contains("were not kept", await pages.GetStringAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OfBodiesWithoutAPayment_AreKeptApartAndUpToABound()
    {
        for (var i = 0; i < 103; i++)
        {
            using var answer = await _desk.PostText("{\"customerName\": " + i);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        var payment = OrderDesk.NewPaymentIntent();
        await Refused(Wrong(payment));

        Assert.Equal(100, await _desk.Count("select count(*) from refused_orders where stripe_payment_intent_id is null"));
        Assert.Equal(1, await _desk.Count(Count, new { status = "open", payment }));
    }

    [Fact]
    public async Task Post_WithoutAValidKey_IsNotKept()
    {
        using var stranger = await _panel.Client();

        using var answer = await stranger.PostAsJsonAsync(OrderDesk.Route, Wrong(OrderDesk.NewPaymentIntent()));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, await _desk.Count("select count(*) from refused_orders"));
    }

    [Fact]
    public async Task Post_OfAValidOrderAfterwards_MakesItReceived()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Refused(Wrong(payment));

        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await Refused(Wrong(payment));

        var kept = Assert.Single(await List());
        Assert.Equal(
            ("received", reference, 1),
            (kept.GetProperty("status").GetString()!, kept.GetProperty("reference").GetString()!, kept.GetProperty("times").GetInt32())
        );
    }

    [Fact]
    public async Task Accept_AsCorrected_MakesItAnOrderOnce()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Refused(Wrong(payment));
        var id = await _desk.Count("select id from refused_orders");

        using var faulty = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/accept", Wrong(payment));
        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"{Route}/{id}/accept",
            OrderDesk.Example(payment, OrderDesk.NewDomain(), "mueller@example.com")
        );
        using var again = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/accept", OrderDesk.Example(payment, OrderDesk.NewDomain()));

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.Conflict),
            (faulty.StatusCode, accepted.StatusCode, again.StatusCode)
        );
        Assert.Equal(1, await _desk.Count(Count, new { status = "received", payment }));
        Assert.Equal(1, await _desk.Count("select count(*) from order_intakes where body ->> 'customerEmail' = 'mueller@example.com'"));
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.refused_accepted'"));
    }

    [Fact]
    public async Task Accept_WithAPaymentThatWasMissing_MakesItAnOrder()
    {
        await Refused(Wrong("ch_123"));
        var id = await _desk.Count("select id from refused_orders where stripe_payment_intent_id is null");

        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"{Route}/{id}/accept",
            OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain())
        );

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(1, await _desk.Count("select count(*) from refused_orders where status = 'received' and intake_id is not null"));
    }

    [Fact]
    public async Task Close_WithANote_SaysWhatIsOwed()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Refused(Wrong(payment));
        var id = await _desk.Count("select id from refused_orders");

        using var empty = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = " " });
        using var closed = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refund 29.88 USD" });
        using var again = await _desk.Http.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refund it once more" });
        using var missing = await _desk.Http.PostAsJsonAsync($"{Route}/{id + 1}/close", new { note = "Refund" });

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound),
            (empty.StatusCode, closed.StatusCode, again.StatusCode, missing.StatusCode)
        );
        Assert.Equal("Refund 29.88 USD", Assert.Single(await List()).GetProperty("note").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.refused_closed'"));
    }

    [Fact]
    public async Task Refused_WhileOpen_ShowsOnDashboardOrdersAndAttention()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Refused(Wrong(payment));
        using var pages = await _panel.SignIn("dashboard.view", "orders.view", "orders.manage");
        var id = await _desk.Count("select id from refused_orders");

        foreach (var page in new[] { "/dashboard", "/orders", "/attention", "/orders/refused" })
            Assert.Contains("Paid but refused", await pages.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Contains($"/orders/refused/{id}", await pages.GetStringAsync("/attention"), StringComparison.Ordinal);
        using var comma = await pages.PostForm(
            $"/orders/refused/{id}?handler=Accept",
            new Dictionary<string, string>
            {
                ["Items[0].ProductSlug"] = "starter",
                ["Items[0].Qty"] = "1e2",
                ["Items[0].UnitPrice"] = "29,88",
            }
        );
        var corrected = await comma.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, comma.StatusCode);
        Assert.Contains("such as 29.88", corrected, StringComparison.Ordinal);
        Assert.Contains("Items[1].ProductSlug", corrected, StringComparison.Ordinal);
        using var accepted = await pages.PostForm(
            $"/orders/refused/{id}?handler=Accept",
            new Dictionary<string, string>
            {
                ["StripePaymentIntentId"] = payment,
                ["CustomerEmail"] = "mueller@example.com",
                ["CustomerName"] = "Client",
                ["PrimaryDomain"] = OrderDesk.NewDomain(),
                ["Items[0].ProductSlug"] = "starter",
                ["Items[0].Qty"] = "1",
                ["Items[0].UnitPrice"] = "29.88",
                ["Items[0].BillingPeriod"] = "year",
                ["Items[1].ProductSlug"] = "",
            }
        );

        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        Assert.Equal(1, await _desk.Count(Count, new { status = "received", payment }));
        Assert.DoesNotContain("alert-danger", await pages.GetStringAsync("/orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_WithoutThePermission_IsForbidden()
    {
        await Refused(Wrong(OrderDesk.NewPaymentIntent()));
        var id = await _desk.Count("select id from refused_orders");
        using var viewer = await _panel.Client("orders.view");
        using var pages = await _panel.SignIn("orders.view");

        using var accept = await viewer.PostAsJsonAsync($"{Route}/{id}/accept", Wrong(OrderDesk.NewPaymentIntent()));
        using var close = await viewer.PostAsJsonAsync($"{Route}/{id}/close", new { note = "Refund" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (accept.StatusCode, close.StatusCode));
        Assert.DoesNotContain("Take it in", await pages.GetStringAsync($"/orders/refused/{id}"), StringComparison.Ordinal);
        Assert.Equal(1, await _desk.Count("select count(*) from refused_orders where status = 'open'"));
    }

    private static JsonObject Wrong(string payment)
    {
        var order = JsonSerializer.SerializeToNode(OrderDesk.Example(payment, "localhost", "müller@example.com"))!;
        return order.AsObject();
    }

    private async Task Refused(JsonObject order)
    {
        using var answer = await _desk.Post(order);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<IReadOnlyList<JsonElement>> List() =>
        [.. (await _desk.Http.GetFromJsonAsync<JsonElement>(Route)).GetProperty("items").EnumerateArray()];
}
