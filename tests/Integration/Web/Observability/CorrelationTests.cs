using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Web.Worker;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Observability;

/// <summary>One id leads through everything the server logged about an order, whoever's request or job a line comes from.</summary>
public sealed class CorrelationTests : IDisposable
{
    private static readonly string[] OfEveryTaskLine = ["TaskId", "Server", "Domain", "Plan", "Status", "Error"];

    private readonly string _logs = Directory.CreateTempSubdirectory("mpanel-logs-").FullName;

    public void Dispose() => Directory.Delete(_logs, recursive: true);

    [Fact]
    public async Task LogLines_AboutAnOrder_AllCarryItsCorrelationId()
    {
        var payment = OrderDesk.NewPaymentIntent();
        var domain = OrderDesk.NewDomain();
        string reference,
            correlation;
        await using (var stripe = await StripeSimulation.Start())
        await using (var panel = await PanelServer.Start(settings: Logging(), stripe: stripe))
        {
            await stripe.Payment(payment, OrderDesk.ExampleTotal);
            var desk = await OrderDesk.Open(panel);
            reference = await desk.Place(OrderDesk.Example(payment, domain));
            await desk.UntilStatus(reference, "completed");
            correlation = (await desk.Http.GetFromJsonAsync<JsonElement>($"/api/admin/orders/{reference}"))
                .GetProperty("correlationId")
                .GetString()!;
            var agent = await Enrolled(panel);
            var lease = (await agent.Claim())!;
            Assert.Equal("stale_lease", (await agent.Post(WorkerRoutes.Renew(lease.Id), new RenewRequest(Guid.NewGuid()))).Code);
            Assert.Equal(200, (await agent.Succeed(lease.Id, lease.LeaseToken)).Status);
        }

        var lines = Lines().Where(l => l.GetRawText().Contains(reference) || l.GetRawText().Contains(domain)).ToList();

        Assert.All(lines, l => Assert.Equal(correlation, Property(l, "CorrelationId")));
        Assert.All(
            lines,
            l => Assert.Single(Properties(l).EnumerateObject(), p => p.Name.EndsWith("CorrelationId", StringComparison.Ordinal))
        );
        Assert.Equal(
            ["order.payment", "order.customer", "order.order", "order.subscriptions", "order.invoice", "order.tasks"],
            lines.Select(l => Property(l, "Kind")).Where(k => k is not null)
        );
        var ofTask = lines.Where(l => Properties(l).TryGetProperty("TaskId", out _)).ToList();
        Assert.Equal(
            ["TaskClaimed", "TaskCallRefused", "TaskEnded"],
            ofTask.Select(l => Properties(l).GetProperty("EventId").GetProperty("Name").GetString())
        );
        Assert.All(ofTask, l => Assert.All(OfEveryTaskLine, name => Assert.True(Properties(l).TryGetProperty(name, out _), name)));
        Assert.Equal(["in_progress", "in_progress", "success"], ofTask.Select(l => Property(l, "Status")));
        Assert.Equal([null, "stale_lease", null], ofTask.Select(l => Property(l, "Error")));
    }

    private Dictionary<string, string?> Logging() =>
        new() { ["Logging:Directory"] = _logs, ["Serilog:MinimumLevel:Default"] = "Information" };

    private IEnumerable<JsonElement> Lines() =>
        Directory.GetFiles(_logs, "*.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement);

    private static JsonElement Properties(JsonElement line) => line.GetProperty("Properties");

    private static string? Property(JsonElement line, string name) =>
        Properties(line).TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<Agent> Enrolled(PanelServer panel)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        var code = await Enrolment.CreateCode(db, "srv1");
        var enrolled = (await Enrolment.Redeem(db, code!))!;
        var client = new HttpClient { BaseAddress = panel.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", enrolled.Token);
        return new Agent(enrolled.ServerId, enrolled.Server, client);
    }
}
