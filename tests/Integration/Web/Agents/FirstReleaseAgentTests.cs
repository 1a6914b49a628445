using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MPanel.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Agents;

/// <summary>
/// The requests of an agent of the first release, byte for byte as that wrote them, and what it read of each answer. Whoever upgrades the panel
/// first must not lose what such an agent is at.
/// </summary>
public sealed class FirstReleaseAgentTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly JsonElement Recorded = JsonDocument
        .Parse(typeof(FirstReleaseAgentTests).Assembly.GetManifestResourceStream("first-release-agent.json")!)
        .RootElement;

    [Fact]
    public async Task Agent_OfTheFirstRelease_IsHeardAndGetsNothingThatItCannotDo()
    {
        var (agent, _, task) = await Site();

        await Play(agent, "heartbeat", []);
        await Play(agent, "claimNothing", []);

        Assert.Equal("pending", await panel.World.Status(task));
        var facts = await panel.World.Facts(task);
        Assert.True(facts is { ServerIsOld: true, ServerCan: false }, $"{facts}");
        // Then it is upgraded, with the same token.
        var lease = await agent.Claim();
        Assert.Equal((task, "apply"), (lease!.Id, lease.Action));
    }

    [Fact]
    public async Task Task_LeasedFromAPanelOfTheFirstRelease_IsRenewedLoggedAndCompleted()
    {
        var (agent, site, task) = await Site();
        var lease = await LeaseAsTheFirstRelease(agent, task);
        (string, string)[] names = [("{task}", $"{task}"), ("{lease}", $"{lease}")];

        await Play(agent, "renew", names);
        await Play(agent, "log", names);
        await Play(agent, "log", names);
        await Play(agent, "completeSuccess", names);
        await Play(agent, "completeSuccess", names);

        Assert.Equal("success", await panel.World.Status(task));
        Assert.Equal(2, await panel.World.Scalar<long>("select count(*) from task_log_lines where task_id = @task", new { task }));
        // What it made is of the first release's kind: the panel still wants it applied, by whoever can.
        Assert.Equal(0, await panel.World.Scalar<long>("select applied_revision from placements where subject_id = @site", new { site }));
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        await Wait.Until(
            async () =>
                (await BehindPlacement.Mend(db, 100, "corr")).Count > 0
                || await panel.World.Scalar<bool>(
                    "select exists (select from provisioning_tasks where website_id = @site and status = 'pending')",
                    new { site }
                ),
            "a task that applies it"
        );
        await Play(agent, "claimNothing", []);
        Assert.Equal("apply", (await agent.Claim())!.Action);
    }

    [Theory]
    [InlineData("completeFailure", "pending")]
    [InlineData("completeFailureForGood", "failed")]
    [InlineData("release", "pending")]
    public async Task Task_LeasedFromAPanelOfTheFirstRelease_EndsAsItsAgentSays(string said, string status)
    {
        var (agent, _, task) = await Site();
        (string, string)[] names = [("{task}", $"{task}"), ("{lease}", $"{await LeaseAsTheFirstRelease(agent, task)}")];

        await Play(agent, said, names);
        await Play(agent, said, names);

        Assert.Equal(status, await panel.World.Status(task));
    }

    [Fact]
    public async Task Lease_ThatIsLost_IsRefusedAsTheFirstReleaseUnderstandsIt()
    {
        var (agent, _, task) = await Site();
        await LeaseAsTheFirstRelease(agent, task);

        foreach (var said in new[] { "renewLost", "logLost", "completeLost", "releaseLost" })
            await Play(agent, said, [("{task}", $"{task}"), ("{lease}", $"{Guid.NewGuid()}")]);

        Assert.Equal("in_progress", await panel.World.Status(task));
    }

    [Fact]
    public async Task Agent_OfTheFirstRelease_EnrolsWithItsCode()
    {
        var name = $"first-{Guid.NewGuid():N}"[..20];
        await panel.World.Server(name);
        var agent = new Agent(0, name, panel.Client(null));

        var token = (await Play(agent, "enroll", [("{code}", await panel.Code(name))])).GetProperty("token").GetString()!;

        agent.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await Play(agent, "heartbeat", []);
        agent.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "mpa_nobodys");
        await Play(agent, "heartbeatRefused", []);
    }

    private static async Task<JsonElement> Play(Agent agent, string name, (string Name, string Value)[] names)
    {
        var exchange = Recorded.GetProperty(name);
        using var body = new StringContent(Filled(exchange.GetProperty("body").GetString()!), Encoding.UTF8, "application/json");
        var answer = await agent.Post(Filled(exchange.GetProperty("path").GetString()!), body);
        Assert.True(exchange.GetProperty("status").GetInt32() == answer.Status, $"{name}: {answer}");
        if (exchange.TryGetProperty("code", out var code))
            Assert.Equal(code.GetString(), answer.Code);
        if (!exchange.TryGetProperty("reads", out var reads))
            return default;
        var said = JsonDocument.Parse(answer.Body).RootElement;
        foreach (var field in reads.EnumerateObject())
            Assert.Equal(field.Value.GetString(), $"{said.GetProperty(field.Name).ValueKind}");
        return said;

        string Filled(string text) =>
            names.Aggregate(text, (filled, pair) => filled.Replace(pair.Name, pair.Value, StringComparison.Ordinal));
    }

    // As the first release's claim left it: the action of its kind, no revision.
    private async Task<Guid> LeaseAsTheFirstRelease(Agent agent, long task)
    {
        var lease = (await agent.Claim())!;
        Assert.Equal(task, lease.Id);
        await panel.World.Execute("update provisioning_tasks set action = 'create', revision = null where id = @task", new { task });
        return lease.LeaseToken;
    }

    private async Task<(Agent Agent, long Site, long Task)> Site()
    {
        var agent = await panel.Agent();
        var site = await panel.World.Website(await panel.World.Order(), agent.ServerId);
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var brought = await BringWebsite.Run(transaction, site, new WebsiteErrand("system", "corr"));
        await transaction.CommitAsync();
        return (agent, site, brought.TaskId!.Value);
    }
}
