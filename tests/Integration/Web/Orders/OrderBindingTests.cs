using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>A payment must be made for the order that names it: else anybody who knows its id could order with it.</summary>
public sealed class OrderBindingTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync()
    {
        if (_panel is not null)
            await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Digest_OfAnOrder_IsTheSameHoweverItIsSpelledAndWhoeverIsNamed()
    {
        await Start();
        var order = JsonSerializer.SerializeToNode(OrderDesk.Example("pi_none", "digest.example"))!.AsObject();
        order.Remove("stripePaymentIntentId");
        var digest = await Digest(order);

        order["customerEmail"] = " CLIENT@example.COM";
        order["customerName"] = "Somebody Else";
        order["primaryDomain"] = "https://Digest.example/";
        var items = order["items"]!.AsArray();
        var last = items[2];
        items.RemoveAt(2);
        items.Insert(0, last);
        var same = await Digest(order);
        order["primaryDomain"] = "other.example";
        var other = await Digest(order);

        Assert.Matches("^v1-[0-9a-f]{64}$", digest);
        Assert.Equal(digest, same);
        Assert.NotEqual(digest, other);
        Assert.Equal(0, await _desk.Count("select count(*) from order_intakes") + await _desk.Count("select count(*) from refused_orders"));
    }

    [Fact]
    public async Task Digest_OfNoOrder_Returns400AndKeepsNothing()
    {
        await Start();

        using var answer = await _desk.Http.PostAsJsonAsync("/api/public/orders/digest", new { customerEmail = "nobody" });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, await _desk.Count("select count(*) from refused_orders"));
    }

    [Fact]
    public async Task Place_WithAPaymentForThisOrder_Completes()
    {
        await Start();
        var payment = await Paid();

        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        await _desk.UntilStatus(reference, "completed");
    }

    [Fact]
    public async Task Place_WithAPaymentForAnotherOrder_StopsAlsoWhereUnboundOnesPass()
    {
        await Start(acceptUnbound: "true");
        var payment = await Paid();
        await _stripe.Bind(JsonSerializer.Serialize(OrderDesk.Example(payment, OrderDesk.NewDomain())));

        var stopped = await _desk.UntilStatus(await Send(payment), "needs_review");

        Assert.Equal("payment_unbound", stopped.GetProperty("reasonCode").GetString());
        Assert.Equal(0, await _desk.Count("select count(*) from payments"));
    }

    [Fact]
    public async Task Place_WithAPaymentThatNamesNothing_StopsUntilAPersonAcceptsIt()
    {
        await Start();
        var reference = await Send(await Paid(receiptEmail: "client@example.com"));
        var stopped = await _desk.UntilStatus(reference, "needs_review");

        using var resumed = await Decide(reference, new { });
        await _desk.Until(reference, o => o.GetProperty("timeline").EnumerateArray().Count(l => Is(l, "needs_review")) == 2);
        using var unknown = await Decide(reference, new { accept = "anything" });
        using var accepted = await Decide(reference, new { accept = "payment_unbound" });
        var done = await _desk.UntilStatus(reference, "completed");

        Assert.Equal("payment_unbound", stopped.GetProperty("reasonCode").GetString());
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK),
            (resumed.StatusCode, unknown.StatusCode, accepted.StatusCode)
        );
        Assert.Equal("provisioning", done.GetProperty("order").GetProperty("status").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where after ->> 'accepted' = 'payment_unbound'"));
        // The menu's inbox counts it as a payment's matter.
        Assert.Equal(0, await _desk.Count("select count(*) from order_intakes where status = 'needs_review'"));
    }

    [Theory]
    [InlineData(0, "client@example.com", null, null, "completed")]
    [InlineData(0, "CLIENT@Example.com", null, null, "completed")]
    [InlineData(0, null, "client@example.com", null, "completed")]
    [InlineData(0, null, null, null, "needs_review")]
    [InlineData(0, "other@example.com", "another@example.com", null, "needs_review")]
    [InlineData(25, "client@example.com", null, null, "needs_review")]
    [InlineData(0, "client@example.com", null, "in_1", "needs_review")]
    public async Task Place_WhereUnboundPaymentsPass_GoesOnOnlyWithOneThatLooksLikeItsOwn(
        int hoursOld,
        string? receiptEmail,
        string? billingEmail,
        string? invoice,
        string expected
    )
    {
        await Start(acceptUnbound: "true");
        var reference = await Send(await Paid(receiptEmail, billingEmail, invoice, hoursOld));

        var order = await _desk.Until(reference, o => o.GetProperty("status").GetString() is "completed" or "needs_review");

        Assert.Equal(expected, order.GetProperty("status").GetString());
        if (expected == "needs_review")
            Assert.Equal("payment_unbound", order.GetProperty("reasonCode").GetString());
    }

    [Theory]
    [InlineData(403, "stripe_forbidden")]
    [InlineData(401, "stripe_unauthorized")]
    public async Task Place_WhereTheKeyMayNotListInvoicePayments_StopsAtOnceWithTheRealCode(int status, string code)
    {
        await Start(acceptUnbound: "true");
        var payment = await Paid(receiptEmail: "client@example.com");
        await _stripe.Fail(
            new Failure(
                FailureKind.Verbatim,
                Path: "/v1/invoice_payments",
                Status: status,
                Body: """{"error":{"type":"invalid_request_error","message":"The key lacks a permission."}}"""
            )
        );

        var stopped = await _desk.UntilStatus(await Send(payment), "needs_review");

        Assert.Equal(code, stopped.GetProperty("reasonCode").GetString());
        Assert.Contains("lacks a permission", stopped.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, "needs_review")]
    [InlineData(null, true, "completed")]
    [InlineData("false", true, "needs_review")]
    public async Task Place_WithoutTheSetting_DoesWhatTheInstallationDecided(string? setting, bool upgraded, string expected)
    {
        await Start(setting);
        await _desk.Execute("update order_policy set accept_unbound = @upgraded", new { upgraded });

        var order = await _desk.Until(
            await Send(await Paid(receiptEmail: "client@example.com")),
            o => o.GetProperty("status").GetString() is "completed" or "needs_review"
        );

        Assert.Equal(expected, order.GetProperty("status").GetString());
        using var pages = await _panel.SignIn("orders.view");
        var warned = (await pages.GetStringAsync("/orders")).Contains("Orders__AcceptUnbound", StringComparison.Ordinal);
        Assert.Equal(expected == "completed", warned);
    }

    private static bool Is(JsonElement line, string outcome) => line.GetProperty("outcome").GetString() == outcome;

    private async Task Start(string? acceptUnbound = null)
    {
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?> { ["Orders:AcceptUnbound"] = acceptUnbound }
        );
        _desk = await OrderDesk.Open(_panel);
    }

    private async Task<string> Paid(string? receiptEmail = null, string? billingEmail = null, string? invoice = null, int hoursOld = 0)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Put(
            payment,
            new
            {
                amount = OrderDesk.ExampleTotal,
                currency = "usd",
                receiptEmail,
                billingEmail,
                invoice,
                created = DateTimeOffset.UtcNow.AddHours(-hoursOld).ToUnixTimeSeconds(),
            }
        );
        return payment;
    }

    /// <summary>As a shop that says nothing of the order when it makes the payment.</summary>
    private async Task<string> Send(string payment)
    {
        using var answer = await _desk.PostText(JsonSerializer.Serialize(OrderDesk.Example(payment, OrderDesk.NewDomain())));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;
    }

    private Task<HttpResponseMessage> Decide(string reference, object body) =>
        _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference}/resume", body);

    private async Task<string> Digest(JsonNode order)
    {
        using var answer = await _desk.Http.PostAsJsonAsync("/api/public/orders/digest", order);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("mpanelOrder").GetString()!;
    }
}
