using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>What the shop may say besides: whom the order is billed to, in which currency, and by which promotion.</summary>
public sealed class OrderBillingTests : IAsyncLifetime
{
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

    private static JsonObject Billing() =>
        new()
        {
            ["company"] = "  Tech\u00A0Startup GmbH ",
            ["line1"] = "Lindenweg 1",
            ["line2"] = "",
            ["postalCode"] = "10115",
            ["city"] = "Berlin",
            ["country"] = "de",
            ["vatId"] = "de123456789",
            ["phone"] = "+49 30 1234",
        };

    [Fact]
    public async Task Billing_OfANewCustomer_StandsAtTheCustomerAndOnTheInvoice()
    {
        await Ordered(o => o["billing"] = Billing());

        const string expected = "Tech Startup GmbH|DE123456789|Lindenweg 1/10115 Berlin|DE";
        Assert.Equal($"{expected}|+49 30 1234|1", await Customer());
        Assert.Equal(expected, await Invoice());
    }

    [Fact]
    public async Task Billing_OfAKnownCustomer_FillsWhatIsMissingAndChangesNothing()
    {
        await Ordered(_ => { });
        Assert.Equal("|||||1", await Customer());
        await Ordered(o => o["billing"] = Billing());
        Assert.Equal("Tech Startup GmbH|DE123456789|Lindenweg 1/10115 Berlin|DE|+49 30 1234|2", await Customer());

        await Ordered(o => o["billing"] = new JsonObject { ["company"] = "Somebody Else Ltd", ["country"] = "FR" });

        Assert.Equal("Tech Startup GmbH|DE123456789|Lindenweg 1/10115 Berlin|DE|+49 30 1234|2", await Customer());
        // Its invoice names whom this order is billed to, and nothing of the other's.
        Assert.Equal("Somebody Else Ltd|||FR", await Invoice());
        await Ordered(_ => { });
        Assert.Equal("Tech Startup GmbH|DE123456789|Lindenweg 1/10115 Berlin|DE", await Invoice());
    }

    [Fact]
    public async Task Billing_ThatCannotBeKept_IsLeftOutAndThePaidOrderGoesOn()
    {
        var reference = await Ordered(o =>
            o["billing"] = new JsonObject
            {
                ["company"] = "a\u202Eb",
                ["line1"] = new string('x', 101),
                ["city"] = "Berlin",
                ["country"] = "Germany",
                ["vatId"] = "<script>",
                ["phone"] = "call me\0",
            }
        );

        Assert.Equal("||Berlin|||1", await Customer());
        Assert.Contains(
            (await _desk.Get(reference)).GetProperty("timeline").EnumerateArray(),
            l =>
                l.GetProperty("message").GetString()?.EndsWith("kept: company, vatId, phone, line1, country.", StringComparison.Ordinal)
                == true
        );
    }

    [Fact]
    public async Task Digest_OfBillingThatCannotBeKept_SaysSoBeforeTheCustomerPays()
    {
        var order = Order("pi_x");
        order.Remove("stripePaymentIntentId");
        order["billing"] = new JsonObject { ["phone"] = "x" };

        using var answer = await _desk.Http.PostAsync("/api/public/orders/digest", JsonContent.Create(order));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("billing.phone", problem.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task SameOrder_WithOtherBilling_IsARepeat_AndWithAnotherPromotionAContradiction()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = Order(payment);
        await _desk.Place(order);

        order["billing"] = Billing();
        order["currency"] = "usd";
        using var repeat = await _desk.Post(order);
        Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);
        order["promotionCode"] = "SPRING";
        using var other = await _desk.Post(order);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task PromotionCode_IsKept_AndThePaymentMustNameIt()
    {
        await Ordered(o => o["promotionCode"] = " spring 25 ");
        Assert.Equal("SPRING 25", await Text("select body ->> 'promotionCode' from order_intakes"));

        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var bound = Order(payment);
        await _stripe.Bind(bound.ToJsonString());
        bound["promotionCode"] = "OTHER";
        using var answer = await _desk.PostText(bound.ToJsonString());
        var reference = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;
        await _desk.UntilReason(reference, "payment_unbound");
    }

    [Theory]
    [InlineData("promotionCode", "12345678901234567890123456789012345678901", "invalid_promotion_code")]
    [InlineData("currency", "dollars", "invalid_currency")]
    public async Task Field_ThatDecidesAboutMoney_IsRefusedAndKept(string field, string value, string code)
    {
        var order = Order(OrderDesk.NewPaymentIntent());
        order[field] = value;

        using var answer = await _desk.Post(order);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(code, problem.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from refused_orders where status = 'open'"));
    }

    [Fact]
    public async Task Currency_OtherThanThePayments_StopsTheOrder()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = Order(payment);
        order["currency"] = "eur";

        await _desk.UntilReason(await _desk.Place(order), "currency_mismatch");
    }

    [Fact]
    public async Task RefusedOrder_TakenInOnItsPage_KeepsItsBilling()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = Order(payment);
        order["billing"] = Billing();
        order["primaryDomain"] = "no domain";
        using var refused = await _desk.Post(order);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var id = await Text("select id::text from refused_orders");
        using var pages = await _panel.SignIn("orders.view", "orders.manage");
        var form = new Dictionary<string, string>
        {
            ["StripePaymentIntentId"] = payment,
            ["CustomerEmail"] = "client@example.com",
            ["CustomerName"] = "Client Name",
            ["PrimaryDomain"] = OrderDesk.NewDomain(),
        };
        var items = order["items"]!.AsArray();
        for (var i = 0; i < items.Count; i++)
            foreach (var field in new[] { "ProductSlug", "Qty", "UnitPrice", "BillingPeriod" })
                form[$"Items[{i}].{field}"] = items[i]![char.ToLowerInvariant(field[0]) + field[1..]]!.ToString();

        using var taken = await pages.PostForm($"/orders/refused/{id}?handler=Accept", form, $"/orders/refused/{id}");

        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        Assert.Equal("Tech Startup GmbH", await Text("select body #>> '{billing,company}' from order_intakes"));
    }

    private static JsonObject Order(string payment) =>
        JsonSerializer.SerializeToNode(OrderDesk.Example(payment, OrderDesk.NewDomain()), JsonSerializerOptions.Web)!.AsObject();

    private async Task<string> Ordered(Action<JsonObject> change)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = Order(payment);
        change(order);
        // As a shop that asked for the digest of what can be kept.
        var bound = order.DeepClone().AsObject();
        bound.Remove("billing");
        await _stripe.Bind(bound.ToJsonString());
        var reference = await _desk.Place(order);
        await _desk.UntilStatus(reference, "completed");
        return reference;
    }

    private Task<string?> Customer() =>
        Text(
            """
            select concat(company_name, '|', vat_id, '|', replace(billing_address, E'\n', '/'), '|', country, '|', phone, '|', version)
            from customers
            """
        );

    private Task<string?> Invoice() =>
        Text(
            """
            select concat(buyer_company, '|', buyer_vat_id, '|', replace(buyer_address, E'\n', '/'), '|', buyer_country)
            from invoices order by id desc limit 1
            """
        );

    private async Task<string?> Text(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql);
    }
}
