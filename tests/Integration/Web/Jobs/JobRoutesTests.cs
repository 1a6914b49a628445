using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

/// <summary>Background work as an admin sees and mends it.</summary>
public sealed class JobRoutesTests : IAsyncLifetime
{
    private const string Jobs = "/api/admin/jobs";

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
    public async Task List_OfWhatDoesNotExist_IsEmpty()
    {
        Assert.Equal(
            """{"items":[],"total":0,"next":null,"previous":null,"totalIsExact":true}""",
            await _desk.Http.GetStringAsync($"{Jobs}?q=ORD-1")
        );
    }

    [Fact]
    public async Task List_ByState_HasThoseOnlyAndCountsThem()
    {
        var first = await Stopped();
        var second = await Stopped();

        var stopped = await List("?state=stopped");
        var ofSecond = await List($"?state=stopped&q={second}");

        Assert.Equal([second, first], Subjects(stopped));
        Assert.Equal(2, Total(stopped));
        Assert.Equal([second], Subjects(ofSecond));
        Assert.Equal(1, Total(ofSecond));
        var job = ofSecond.GetProperty("items")[0];
        Assert.Equal(("order", "order.payment", 1), (Text(job, "kind"), Text(job, "step"), job.GetProperty("attempt").GetInt32()));
        Assert.Equal("amount_mismatch", Text(job, "code"));
        Assert.StartsWith("Paid ", Text(job, "reason"), StringComparison.Ordinal);
        Assert.Equal(0, Total(await List($"?state=done&q={second}")));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("due")]
    public async Task List_ByAStateThatIsNone_Returns400(string state)
    {
        using var answer = await _desk.Http.GetAsync($"{Jobs}?state={state}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task List_ByKindOrReference_CountsWhatItFinds()
    {
        var reference = await Stopped();
        await Stopped();

        Assert.Equal(1, Total(await List($"?q={reference}")));
        Assert.Equal(0, Total(await List("?q=ORD-0")));
        Assert.Equal(2, Total(await List("?kind=order")));
        Assert.Equal(0, Total(await List("?kind=none")));
    }

    [Fact]
    public async Task List_ByCursor_ShowsEachOnce()
    {
        for (var i = 0; i < 5; i++)
            await Stopped();

        var seen = new List<long>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await List($"?pageSize=2&cursor={cursor}");
            Assert.Equal(5, Total(page));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetInt64()));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
    }

    [Fact]
    public async Task Retry_OfAStoppedOrder_IsAuditedAndItGoesOn()
    {
        var reference = await Stopped();
        var job = await StoppedJob(reference);
        await _stripe.ClearFailures();

        using var retried = await _desk.Http.PostAsync($"{Jobs}/{job}/retry", null);
        await _desk.UntilStatus(reference, "completed");
        using var again = await _desk.Http.PostAsync($"{Jobs}/{job}/retry", null);

        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        Assert.Equal(reference, (await retried.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subject").GetString());
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("not_failed", await Code(again));
        Assert.Equal(
            1,
            await _desk.Count(
                """
                select count(*) from audit_entries
                where action = 'job.retried' and subject = @subject and actor_kind = 'api_key'
                  and before ->> 'state' = 'stopped' and after ->> 'state' = 'ready' and after ->> 'subject' = @reference
                """,
                new { subject = $"job {job}", reference }
            )
        );
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'job.retried'"));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Retry_OfAnUnknownJob_Returns404(long id)
    {
        using var answer = await _desk.Http.PostAsync($"{Jobs}/{id}/retry", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("not_found", await Code(answer));
    }

    [Fact]
    public async Task AnyRoute_WithoutItsPermission_Returns403AndChangesNothing()
    {
        var reference = await Stopped();
        var job = await StoppedJob(reference);
        using var viewer = await _panel.Client("jobs.view");
        using var mender = await _panel.Client("jobs.manage");

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{Jobs}/{job}/retry", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await mender.GetAsync(Jobs)).StatusCode);
        Assert.Equal(job, await StoppedJob(reference));
    }

    /// <summary>An order whose payment step stopped for a person.</summary>
    private async Task<string> Stopped()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        await _stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(reference, "needs_review");
        return reference;
    }

    private async Task<long> StoppedJob(string reference) =>
        (await List($"?state=stopped&q={reference}")).GetProperty("items")[0].GetProperty("id").GetInt64();

    private Task<JsonElement> List(string query) => _desk.Http.GetFromJsonAsync<JsonElement>(Jobs + query);

    private static IEnumerable<string?> Subjects(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("subject").GetString());

    private static string? Text(JsonElement job, string name) => job.GetProperty(name).GetString();

    private static long Total(JsonElement page) => page.GetProperty("total").GetInt64();

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
