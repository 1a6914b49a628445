using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

/// <summary>The ledger of background work as an admin sees and mends it.</summary>
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
    public async Task List_ByState_HasThoseStepsOnlyAndCountsThem()
    {
        var first = await Stopped();
        var second = await Stopped();

        var failed = await List("?state=failed");
        var ofSecond = await List($"?state=failed&q={second}");

        Assert.Equal([second, first], Subjects(failed));
        Assert.Equal(2, Total(failed));
        Assert.Equal([second], Subjects(ofSecond));
        Assert.Equal(1, Total(ofSecond));
        var step = ofSecond.GetProperty("items")[0];
        Assert.Equal("review", step.GetProperty("verdict").GetString());
        Assert.Equal("amount_mismatch", step.GetProperty("lastErrorCode").GetString());
        Assert.Equal(0, Total(await List($"?state=done&q={second}")));
    }

    [Fact]
    public async Task List_ByKindOrCorrelation_CountsWhatItFinds()
    {
        var reference = await Stopped();
        await Stopped();
        var steps = await List($"?q={reference}");
        var correlation = steps.GetProperty("items")[0].GetProperty("correlationId").GetString();
        var kind = (await List($"?state=failed&q={reference}")).GetProperty("items")[0].GetProperty("kind").GetString();

        Assert.Equal(6, Total(steps));
        Assert.Equal(6, Total(await List($"?q={correlation}")));
        Assert.Equal(2, Total(await List($"?kind={kind}")));
        Assert.Equal(12, Total(await List("?kind=order")));
        Assert.Equal(0, Total(await List("?kind=none")));
    }

    [Fact]
    public async Task List_ByCursor_ShowsEveryStepOnce()
    {
        var reference = await Stopped();

        var seen = new List<long>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await List($"?q={reference}&pageSize=4&cursor={cursor}");
            Assert.Equal(6, Total(page));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetInt64()));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(6, seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
    }

    [Fact]
    public async Task Retry_OfAStoppedStep_IsAuditedAndTheOrderGoesOn()
    {
        var reference = await Stopped();
        var job = await FailedJob(reference);
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
                  and before ->> 'state' = 'failed' and after ->> 'state' = 'due' and after ->> 'subject' = @reference
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
        var job = await FailedJob(reference);
        using var viewer = await _panel.Client("jobs.view");
        using var mender = await _panel.Client("jobs.manage");

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{Jobs}/{job}/retry", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await mender.GetAsync(Jobs)).StatusCode);
        Assert.Equal(job, await FailedJob(reference));
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

    private async Task<long> FailedJob(string reference) =>
        (await List($"?state=failed&q={reference}")).GetProperty("items")[0].GetProperty("id").GetInt64();

    private Task<JsonElement> List(string query) => _desk.Http.GetFromJsonAsync<JsonElement>(Jobs + query);

    private static IEnumerable<string?> Subjects(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("subject").GetString());

    private static long Total(JsonElement page) => page.GetProperty("total").GetInt64();

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
