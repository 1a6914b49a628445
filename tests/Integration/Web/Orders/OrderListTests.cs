using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>The list of orders as an admin pages and searches it.</summary>
public sealed class OrderListTests : IAsyncLifetime
{
    private const string Orders = "/api/admin/orders";

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
    public async Task List_WithoutOrders_IsEmpty()
    {
        Assert.Equal("""{"items":[],"total":0,"next":null,"previous":null,"totalIsExact":true}""", await _desk.Http.GetStringAsync(Orders));
    }

    [Fact]
    public async Task List_ByStatus_HasThoseOrdersOnlyAndCountsThem()
    {
        var completed = await Placed("completed");
        var stopped = new[] { await Placed("needs_review"), await Placed("needs_review") };

        var all = await List("");
        var reviews = await List("?status=needs_review");
        var done = await List("?status=completed&pageSize=1");

        Assert.Equal([stopped[1], stopped[0], completed], References(all));
        Assert.Equal(3, Total(all));
        Assert.Equal([stopped[1], stopped[0]], References(reviews));
        Assert.Equal(2, Total(reviews));
        Assert.Equal([completed], References(done));
        Assert.Equal(1, Total(done));
    }

    [Fact]
    public async Task List_ByQuery_FindsByEachFieldAndCountsWhatItFinds()
    {
        var (payment, domain) = await Paid();
        var wanted = await _desk.Place(OrderDesk.Example(payment, domain, "seeker@example.com"));
        await _desk.UntilStatus(wanted, "completed");
        await Placed("completed");

        foreach (var q in new[] { wanted, domain.ToUpperInvariant(), "SEEKER@", payment })
        {
            var found = await List($"?q={Uri.EscapeDataString(q)}");
            Assert.Equal([wanted], References(found));
            Assert.Equal(1, Total(found));
        }
        var elsewhere = await List($"?status=needs_review&q={wanted}");
        Assert.Empty(References(elsewhere));
        Assert.Equal(0, Total(elsewhere));
        Assert.Empty(References(await List($"?q={payment[..^1]}")));
    }

    [Fact]
    public async Task List_ByCursor_ShowsEveryOrderOnce()
    {
        var placed = new List<string>();
        for (var i = 0; i < 5; i++)
            placed.Add(await Placed("completed"));

        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await List($"?pageSize=2&cursor={cursor}");
            Assert.Equal(5, Total(page));
            Assert.InRange(References(page).Count, 1, 2);
            seen.AddRange(References(page));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Reverse(placed), seen);
    }

    [Fact]
    public async Task List_BackByItsCursor_ShowsTheSamePageAgain()
    {
        for (var i = 0; i < 3; i++)
            await Placed("completed");
        var first = await List("?sort=created&pageSize=2");

        var second = await List($"?sort=created&pageSize=2&cursor={first.GetProperty("next").GetString()}");
        var back = await List($"?sort=created&pageSize=2&cursor={second.GetProperty("previous").GetString()}");

        Assert.Single(References(second));
        Assert.Equal(References(first), References(back));
        Assert.Equal(JsonValueKind.Null, back.GetProperty("previous").ValueKind);
    }

    [Fact]
    public async Task List_ByDays_HasBothDaysWholeAndNoOther()
    {
        var placed = new List<string>();
        for (var i = 0; i < 4; i++)
            placed.Add(await Placed("completed"));
        string[] times = ["2026-03-01 23:59:59Z", "2026-03-02 00:00:00Z", "2026-03-03 23:59:59Z", "2026-03-04 00:00:00Z"];
        foreach (var (reference, at) in placed.Zip(times))
            await _desk.Execute(
                "update order_intakes set created_at = @at::timestamptz where reference = @reference",
                new { reference, at }
            );

        Assert.Equal([placed[2], placed[1]], References(await List("?from=2026-03-02&to=2026-03-03")));
        Assert.Equal([placed[1], placed[0]], References(await List("?to=2026-03-02")));
        Assert.Equal(4, Total(await List("?from=0001-01-01&to=9999-12-31")));
        Assert.Empty(References(await List("?from=2026-03-05&to=2026-03-01")));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("'; drop table orders; --")]
    [InlineData("\\")]
    [InlineData("x")]
    [InlineData("zz")]
    public async Task List_ByAQueryThatMatchesNothing_IsEmpty(string q)
    {
        await Placed("completed");

        Assert.Equal(0, Total(await List($"?q={Uri.EscapeDataString(q)}")));
    }

    [Theory]
    [InlineData("c")]
    [InlineData("cl")]
    [InlineData("SI")]
    [InlineData("ent@exam")]
    public async Task List_ByTheBeginningOfAWordOrAnyLongerPart_FindsIt(string q)
    {
        var reference = await Placed("completed");

        Assert.Equal([reference], References(await List($"?q={Uri.EscapeDataString(q)}")));
    }

    [Theory]
    [InlineData("?status=broken", "invalid_filter")]
    [InlineData("?pageSize=0", "invalid_page_size")]
    [InlineData("?pageSize=201", "invalid_page_size")]
    [InlineData("?cursor=x", "invalid_cursor")]
    [InlineData("?sort=total", "invalid_sort")]
    [InlineData("?from=yesterday", "invalid_filter")]
    [InlineData("?to=2026-02-30", "invalid_filter")]
    [InlineData("?q=%00", "invalid_search")]
    public async Task List_WithAWrongParameter_Returns400(string query, string code)
    {
        using var answer = await _desk.Http.GetAsync(Orders + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(code, problem.GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task One_ByReference_ShowsTheCustomerAndTheWay()
    {
        var (payment, domain) = await Paid();
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        await _desk.UntilStatus(reference, "completed");

        var order = await _desk.Http.GetFromJsonAsync<JsonElement>($"{Orders}/{reference}");

        Assert.Equal(payment, order.GetProperty("paymentIntentId").GetString());
        Assert.Equal("client@example.com", order.GetProperty("customerEmail").GetString());
        Assert.Equal(domain, order.GetProperty("primaryDomain").GetString());
        Assert.Equal(reference, order.GetProperty("details").GetProperty("reference").GetString());
        Assert.Equal(7, order.GetProperty("details").GetProperty("timeline").GetArrayLength());
    }

    [Fact]
    public async Task One_OfAnUnknownReference_Returns404()
    {
        using var answer = await _desk.Http.GetAsync($"{Orders}/ORD-1");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task AnyRoute_WithoutItsPermission_Returns403()
    {
        var reference = await Placed("needs_review");
        using var marketing = await _panel.Client("orders:read", "orders:write", "jobs.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await marketing.GetAsync(Orders)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await marketing.GetAsync($"{Orders}/{reference}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await marketing.PostAsync($"{Orders}/{reference}/resume", null)).StatusCode);
        Assert.Equal("needs_review", (await _desk.Get(reference)).GetProperty("status").GetString());
    }

    private async Task<string> Placed(string status)
    {
        var (payment, domain) = await Paid();
        if (status == "needs_review")
            await _stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, domain));
        await _desk.UntilStatus(reference, status);
        return reference;
    }

    private async Task<(string Payment, string Domain)> Paid()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        return (payment, OrderDesk.NewDomain());
    }

    private Task<JsonElement> List(string query) => _desk.Http.GetFromJsonAsync<JsonElement>(Orders + query);

    private static List<string> References(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("reference").GetString()!)];

    private static long Total(JsonElement page) => page.GetProperty("total").GetInt64();
}
