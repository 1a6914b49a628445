using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class ClaimTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    /// <summary>Shorter than a claim's longest wait: what comes within it came because something woke the claim.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Claim_WithATask_ReturnsTheLease()
    {
        var agent = await panel.Agent();
        var order = await panel.World.Order("leased.test");
        var website = await panel.World.Website(order, agent.ServerId);
        var task = await panel.World.Task(order, agent.ServerId, websiteId: website);

        var lease = (await agent.Claim())!;

        Assert.Equal(
            (task, 1, 5, 60, "hosting", "create", "leased.test", "corr-task"),
            (lease.Id, lease.Attempt, lease.MaxAttempts, lease.LeaseSeconds, lease.Type, lease.Action, lease.Domain, lease.CorrelationId)
        );
        Assert.Equal(website, lease.Payload.GetProperty("websiteId").GetInt64());
    }

    [Fact]
    public async Task Claim_ByTwentyAgentsAtOnce_GivesEachTaskOnce()
    {
        var agent = await panel.Agent();
        for (var i = 0; i < 40; i++)
            await panel.World.HostingTask(agent.ServerId);
        var claimed = new ConcurrentBag<long>();

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    while (await agent.Claim() is { } lease)
                        claimed.Add(lease.Id);
                })
        );

        Assert.Equal((40, 40), (claimed.Count, claimed.Distinct().Count()));
    }

    [Fact]
    public async Task Claim_OfAnotherServersTaskOrWhileDraining_Returns204()
    {
        var agent = await panel.Agent();
        var drained = await panel.Agent(state: "draining");
        await panel.World.HostingTask((await panel.Agent()).ServerId);
        await panel.World.HostingTask(drained.ServerId);

        Assert.Null(await agent.Claim());
        Assert.Null(await drained.Claim());
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByANewTask()
    {
        var agent = await panel.Agent();
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);
        var task = await panel.World.HostingTask(agent.ServerId);

        await panel.Announce(agent.ServerId);

        Assert.Equal(task, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByTheTaskItsTaskDependsOn()
    {
        var agent = await panel.Agent();
        var order = await panel.World.Order();
        var hosting = await panel.World.Task(order, agent.ServerId);
        var backup = await panel.World.Task(order, agent.ServerId, "backup", dependsOn: hosting);
        var lease = (await agent.Claim())!;
        var waiting = agent.Claim(30, "backup");
        await WaitsFor(agent);

        await agent.Succeed(hosting, lease.LeaseToken);

        Assert.Equal(backup, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByTheEndOfTheDomainsOtherTask()
    {
        var agent = await panel.Agent();
        var order = await panel.World.Order();
        var first = await panel.World.Task(order, agent.ServerId);
        var second = await panel.World.Task(order, agent.ServerId, plan: "wp-growth");
        var lease = (await agent.Claim())!;
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);

        await agent.Fail(first, lease.LeaseToken, permanent: true);

        Assert.Equal(second, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByATaskThatIsMovedToItsServer()
    {
        var agent = await panel.Agent();
        var order = await panel.World.Order();
        var task = await panel.World.Task(order, await panel.World.Server(role: "mail"), "mail", serverRole: "mail");
        await panel.World.Execute("update servers set roles = '{mail}' where id = @ServerId", new { agent.ServerId });
        using var admin = await panel.Server.Client("provisioning.retry");
        var waiting = agent.Claim(30, "mail");
        await WaitsFor(agent);

        using var moved = await admin.PostAsJsonAsync($"/api/admin/provisioning/tasks/{task}/move", new { server = agent.Name });

        Assert.Equal(200, (int)moved.StatusCode);
        Assert.Equal(task, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByTheRetryOfATask()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true);
        using var admin = await panel.Server.Client("provisioning.retry");
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);

        using var retried = await admin.PostAsync($"/api/admin/provisioning/tasks/{task}/retry", null);

        Assert.Equal(200, (int)retried.StatusCode);
        Assert.Equal(task, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_Waiting_IsWokenByAnExpiredLease()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await agent.Claim();
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);

        await panel.World.ExpireLease(task);

        Assert.Equal((task, 2), await waiting.WaitAsync(Bound) is { } lease ? (lease.Id, lease.Attempt) : default);
    }

    [Fact]
    public async Task Claim_WaitingWithoutRoomAnywhere_IsWokenWhenTheServerGetsSome()
    {
        var agent = await panel.Agent(capacity: 0);
        await panel.World.Execute("update servers set tags = array[name] where id = @ServerId", new { agent.ServerId });
        var order = await panel.World.Order();
        var website = await panel.World.Website(order, null);
        var task = await panel.World.Task(order, null, websiteId: website, tags: [agent.Name]);
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);

        await panel.World.Execute("update servers set website_capacity = 1 where id = @ServerId", new { agent.ServerId });

        Assert.Equal(task, (await waiting.WaitAsync(Bound))?.Id);
        Assert.Equal(1, await panel.World.Scalar<int>("select website_count from servers where id = @ServerId", new { agent.ServerId }));
    }

    [Fact]
    public async Task Claim_WaitingWhileTheListenerIsLost_FindsTheTaskByItself()
    {
        var agent = await panel.Agent();
        var waiting = agent.Claim(wait: 30);
        await WaitsFor(agent);
        var task = await panel.World.HostingTask(agent.ServerId);

        await panel.World.Execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query in ('listen provisioning_tasks', 'select 1')
            """
        );

        Assert.Equal(task, (await waiting.WaitAsync(Bound))?.Id);
    }

    [Fact]
    public async Task Claim_WhoseAgentHangsUp_LeasesNothing()
    {
        var agent = await panel.Agent();
        using var hangUp = new CancellationTokenSource();
        var waiting = agent.Http.PostAsync(
            WorkerRoutes.Claim,
            System.Net.Http.Json.JsonContent.Create(new ClaimRequest(["hosting", "hosting-2"], 30)),
            hangUp.Token
        );
        await WaitsFor(agent);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Wait.Until(() => !panel.Signal.WaitsFor(agent.ServerId), "the panel to notice that the agent is gone");
        var task = await panel.World.HostingTask(agent.ServerId);
        await panel.Announce(agent.ServerId);

        var lease = await agent.Claim();

        Assert.Equal((task, 1), (lease?.Id, lease?.Attempt));
    }

    [Fact]
    public async Task Claim_WaitingWhileThePanelStops_Returns204()
    {
        var stopping = await WorkerPanel.Start(configure: builder =>
            builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5))
        );
        var agent = await stopping.Agent();
        var waiting = agent.Claim(wait: 30);
        await Wait.Until(() => stopping.Signal.WaitsFor(agent.ServerId), "the claim to wait");

        await stopping.DisposeAsync();

        Assert.Null(await waiting);
    }

    [Theory]
    [InlineData("""{"types":["hosting"],"wait":31}""", "wait")]
    [InlineData("""{"types":["hosting"],"wait":-1}""", "wait")]
    [InlineData("""{"types":[]}""", "types")]
    [InlineData("""{"types":[null]}""", "types[0]")]
    [InlineData("""{"types":["hosting","' or 1=1"]}""", "types[1]")]
    [InlineData("""{"types":["hosting\u0000"]}""", "types[0]")]
    public async Task Claim_WithHostileFields_Returns400NamingThem(string body, string path)
    {
        var agent = await panel.Agent();

        var answer = await agent.Post(WorkerRoutes.Claim, new StringContent(body, null, "application/json"));

        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Contains($"\"path\":\"{path}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "application/json", 400)]
    [InlineData("""{"types":"hosting"}""", "application/json", 400)]
    [InlineData("""{"types":["hosting"],"wait":1.5}""", "application/json", 400)]
    [InlineData("""{"types":["hosting"],"wait":"1"}""", "application/json", 400)]
    [InlineData("""{"types":["hosting"]}""", "text/plain", 415)]
    public async Task Claim_WithAMalformedBody_IsRefused(string body, string type, int status)
    {
        var agent = await panel.Agent();

        Assert.Equal(status, (await agent.Post(WorkerRoutes.Claim, new StringContent(body, null, type))).Status);
    }

    private Task WaitsFor(Agent agent) => Wait.Until(() => panel.Signal.WaitsFor(agent.ServerId), "the claim to wait");
}
