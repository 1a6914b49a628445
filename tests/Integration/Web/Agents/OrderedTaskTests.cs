using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;
using MPanel.Web.Api.Agents;

namespace MPanel.Tests.Integration.Web.Agents;

/// <summary>From an order to the agent that waits for work.</summary>
public sealed class OrderedTaskTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            // Whoever waits is woken by an announcement, or not at all.
            settings: new Dictionary<string, string?> { ["Provisioning:ClaimRecheckInterval"] = "01:00:00" }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Order_WhoseTasksAreMade_WakesTheClaimThatWaits()
    {
        var signal = _panel.Services.GetRequiredService<TaskSignal>();
        await Wait.Until(() => signal.Listening, "the panel to listen for announcements");
        var agent = await Agent();
        var domain = OrderDesk.NewDomain();
        var waiting = agent.Claim(wait: 30);
        await Wait.Until(() => signal.WaitsFor(agent.ServerId), "the claim to wait");

        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        await (await OrderDesk.Open(_panel)).Place(OrderDesk.Example(payment, domain));

        Assert.Equal(domain, (await waiting.WaitAsync(TimeSpan.FromSeconds(20)))?.Domain);
    }

    [Fact]
    public async Task Announcement_OverADeadConnection_HarmsNobody()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await ProvisioningWorld.Of(_panel).Execute("select pg_terminate_backend(@ProcessID)", new { db.ProcessID });

        await new TaskAnnouncements(NullLogger<TaskAnnouncements>.Instance).Send(db, [1]);
    }

    private async Task<Agent> Agent()
    {
        var world = ProvisioningWorld.Of(_panel);
        await world.WithoutSeededServers();
        var id = await world.Server("hearing");
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var enrolled = (await Enrolment.Redeem(db, (await Enrolment.CreateCode(db, "hearing"))!))!;
        var client = new HttpClient { BaseAddress = _panel.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", enrolled.Token);
        return new Agent(id, "hearing", client);
    }
}
