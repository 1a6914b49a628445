using System.Net;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web;

/// <summary>One database, several processes with a role each.</summary>
public sealed class PanelRolesTests
{
    [Fact]
    public async Task Place_OnAWebProcess_IsCompletedByTheJobsProcess()
    {
        await using var stripe = await StripeSimulation.Start();
        var database = await (await PostgresCluster.Shared).CreateDatabase();
        await using var web = await Start(database, "web", stripe);
        var desk = await OrderDesk.Open(web);
        var payment = OrderDesk.NewPaymentIntent();
        await stripe.Payment(payment, OrderDesk.ExampleTotal);

        var reference = await desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        var before = await desk.Get(reference);
        await using var jobs = await Start(database, "jobs", stripe);
        await desk.UntilStatus(reference, "completed");

        Assert.Equal("received", before.GetProperty("status").GetString());
        Assert.Equal(1, await desk.Count("select count(*) from orders"));
    }

    [Fact]
    public async Task JobsProcess_OfAnyApiRoute_Answers404AndIsReady()
    {
        var database = await (await PostgresCluster.Shared).CreateDatabase();
        await using var jobs = await Start(database, "jobs", stripe: null);
        using var client = await jobs.Client("plans:read", "orders:write", "orders.view");

        foreach (var route in new[] { "/api/public/plans", "/api/admin/orders", "/api/admin/jobs" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(route)).StatusCode);
        foreach (var route in new[] { OrderDesk.Route, "/api/worker/enroll", "/api/worker/tasks/claim" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync(route, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task WebProcess_Alone_IsReady()
    {
        await using var web = await Start(await (await PostgresCluster.Shared).CreateDatabase(), "web", stripe: null);
        using var client = await web.Client("plans:read");

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/public/plans")).StatusCode);
    }

    private static Task<PanelServer> Start(string database, string roles, StripeSimulation? stripe) =>
        PanelServer.Start(database, new Dictionary<string, string?> { ["Roles"] = roles }, stripe: stripe);
}
