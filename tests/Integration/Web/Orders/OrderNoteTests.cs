using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>What people write to orders: kept once, on the timeline, without moving anything.</summary>
public sealed class OrderNoteTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;
    private string _reference = "";

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
        _desk = await OrderDesk.Open(_panel);
        _reference = await Placed();
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Note_OfARefundWithALineBreakBehindItsId_IsRefused()
    {
        using var answer = await Post(
            new
            {
                text = "Twice",
                refundReference = "re_test1\n",
                refundAmount = 10.5,
            }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Note_OfARefund_IsALineOfTheTimelineAndMovesNothing()
    {
        using var answer = await Post(
            new
            {
                text = "Wrong product",
                refundReference = "re_test1",
                refundAmount = 10.5,
            }
        );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var order = await _desk.Get(_reference);
        var line = order.GetProperty("timeline").EnumerateArray().Single(l => l.GetProperty("outcome").GetString() == "noted");
        Assert.Equal("Refund re_test1 of 10.50 USD, made at Stripe: Wrong product", line.GetProperty("message").GetString());
        Assert.StartsWith("test ", line.GetProperty("actor").GetString(), StringComparison.Ordinal);
        Assert.Equal("completed", order.GetProperty("status").GetString());
        Assert.Equal(1, await _desk.Count("select count(*) from payments where status = 'succeeded' and amount = 45.82"));
        Assert.Equal(1, await _desk.Count("select count(*) from invoices where status = 'paid'"));
        Assert.Equal(
            1,
            await _desk.Count(
                "select count(*) from audit_entries where action = 'order.noted' and after ->> 'refundReference' = 're_test1'"
            )
        );
    }

    [Fact]
    public async Task Note_SentAgainWithItsKey_IsKeptOnce()
    {
        var key = Guid.NewGuid();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Post(new { text = "Called the customer", key })));
        using var other = await Post(new { text = "Something else", key });

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal("note_contradicts", await Code(other));
        Assert.Equal(1, await _desk.Count("select count(*) from timeline where outcome = 'noted'"));
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'order.noted'"));
    }

    [Fact]
    public async Task Note_OfARefundThatIsNotedAlready_Returns409()
    {
        var another = await Placed();
        using var first = await Post(
            new
            {
                text = "Wrong product",
                refundReference = "re_once",
                refundAmount = 1,
            }
        );

        using var again = await Post(
            new
            {
                text = "Wrong product",
                refundReference = "re_once",
                refundAmount = 1,
            }
        );
        using var elsewhere = await Post(
            new
            {
                text = "Wrong product",
                refundReference = "re_once",
                refundAmount = 1,
            },
            another
        );

        Assert.Equal(("refund_already_noted", "refund_already_noted"), (await Code(again), await Code(elsewhere)));
        Assert.Equal(1, await _desk.Count("select count(*) from order_notes"));
    }

    [Theory]
    [InlineData("""{"text":""}""", "text")]
    [InlineData("""{"text":"a\u0000b"}""", "text")]
    [InlineData("""{"text":null}""", "text")]
    [InlineData("""{"text":"x","refundAmount":1}""", "refundReference")]
    [InlineData("""{"text":"x","refundReference":"re_1"}""", "refundAmount")]
    [InlineData("""{"text":"x","refundReference":"<script>","refundAmount":1}""", "refundReference")]
    [InlineData("""{"text":"x","refundReference":"re_1","refundAmount":0}""", "refundAmount")]
    [InlineData("""{"text":"x","refundReference":"re_1","refundAmount":-1}""", "refundAmount")]
    [InlineData("""{"text":"x","refundReference":"re_1","refundAmount":45.83}""", "refundAmount")]
    [InlineData("""{"text":"x","refundReference":"re_1","refundAmount":1.001}""", "refundAmount")]
    public async Task Note_ThatIsWrong_Returns400AndKeepsNothing(string body, string field)
    {
        using var answer = await _desk.Http.PostAsync(
            $"/api/admin/orders/{_reference}/notes",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("path").GetString());
        Assert.Equal(0, await _desk.Count("select count(*) from order_notes"));
    }

    [Fact]
    public async Task Note_OfAnUnknownOrderOrWithoutThePermission_IsRefused()
    {
        using var viewer = await _panel.Client("orders.view");

        using var forbidden = await viewer.PostAsJsonAsync($"/api/admin/orders/{_reference}/notes", new { text = "x" });
        using var missing = await Post(new { text = "x" }, "ORD-1");

        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(0, await _desk.Count("select count(*) from order_notes"));
    }

    private Task<HttpResponseMessage> Post(object note, string? reference = null) =>
        _desk.Http.PostAsJsonAsync($"/api/admin/orders/{reference ?? _reference}/notes", note);

    private async Task<string> Placed()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(reference, "completed");
        return reference;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
