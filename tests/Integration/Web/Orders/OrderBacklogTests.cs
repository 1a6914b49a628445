using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MPanel.Tests.Integration.Jobs.Payments;
using MPanel.Tests.Support;
using MPanel.Web.Api.Orders;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>More orders than the workers can do.</summary>
public sealed class OrderBacklogTests
{
    [Fact]
    public async Task Place_BeyondWhatMayWait_IsRefusedWithNothingKept_AndTakenOnceWorkersHaveDoneTheOthers()
    {
        await using var stripe = await StripeSimulation.Start();
        var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        await using var web = await PanelServer.Start(
            stripe: stripe,
            settings: Settings(2, "web"),
            configure: b => b.Services.AddSingleton(loggers.CreateLogger<OrderBacklog>())
        );
        var desk = await OrderDesk.Open(web);
        var orders = new List<object>();
        for (var i = 0; i < 3; i++)
        {
            var payment = OrderDesk.NewPaymentIntent();
            await stripe.Payment(payment, OrderDesk.ExampleTotal);
            orders.Add(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        }
        await desk.Place(orders[0]);
        await desk.Place(orders[1]);

        using var refused = await desk.Post(orders[2]);
        using var repeated = await desk.Post(orders[0]);
        using var wrong = await desk.Post(new { });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("overloaded", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 5, 15);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, repeated.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(2, await desk.Count("select count(*) from order_intakes"));

        await Wait.Until(
            () => log.All.Any(l => l.Contains("2 orders wait for workers, 2 may", StringComparison.Ordinal)),
            "the log to say so"
        );

        await using var worker = await PanelServer.Start(web.ConnectionString, Settings(2, "jobs"), stripe: stripe);
        await Wait.Until(async () => await Answer(orders[2]) is { Status: HttpStatusCode.Accepted }, "the third order to be taken");
        // The third may fill what may wait once more, until the workers have done one of the others.
        var again = await Answer(orders[2]);
        await Wait.Until(
            async () => again.Status != HttpStatusCode.ServiceUnavailable || (again = await Answer(orders[2])).Reference.Length > 0,
            "the third order to be known"
        );

        Assert.Equal(HttpStatusCode.OK, again.Status);
        var reference = again.Reference;
        await desk.UntilStatus(reference, "completed");
        Assert.Equal(3, await desk.Count("select count(*) from order_intakes"));
        await Wait.Until(() => log.All.Any(l => l.Contains("taken again", StringComparison.Ordinal)), "the log to say that it is over");

        async Task<(HttpStatusCode Status, string Reference)> Answer(object order)
        {
            using var answer = await desk.Post(order);
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (answer.StatusCode, json.TryGetProperty("reference", out var reference) ? reference.GetString()! : "");
        }
    }

    [Theory]
    [InlineData("attempt = 1, spent = 1")]
    [InlineData("due_at = now() + interval '1 hour'")]
    [InlineData("kind = 'servers.metrics'")]
    public async Task Place_WhileWhatIsDueIsNoOrderThatWaitsForAWorker_IsTaken(string change)
    {
        await using var web = await PanelServer.Start(settings: Settings(1, "web"));
        var desk = await OrderDesk.Open(web);
        await desk.Place(NewOrder());
        using var refused = await desk.Post(NewOrder());

        await desk.Execute($"update outbox set {change} where state = 'ready'");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await Wait.Until(
            async () =>
            {
                using var answer = await desk.Post(NewOrder());
                return answer.StatusCode == HttpStatusCode.Accepted;
            },
            "the next order to be taken"
        );
    }

    private static object NewOrder() => OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain());

    private static Dictionary<string, string?> Settings(int most, string roles) =>
        new() { ["Orders:MaxWaiting"] = $"{most}", ["Roles"] = roles };
}
