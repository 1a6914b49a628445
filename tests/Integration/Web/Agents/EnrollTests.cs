using System.Net;
using System.Net.Http.Json;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class EnrollTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly NodeMetrics Metrics = new(12.5, 0.1, 0.2, 0.3, 1000, 500, 2000, 700, 10, 20, 3600);

    [Fact]
    public async Task Enroll_WithAFreshCode_GivesATokenThatWorks()
    {
        await panel.World.Server("fresh");

        var enrolled = (await panel.Enroll(await panel.Code("fresh")))!;

        Assert.Equal("fresh", enrolled.Server);
        Assert.Equal(HttpStatusCode.OK, await Beat(enrolled.Token));
        Assert.Equal(
            "fresh",
            await panel.World.Scalar<string>(
                "select actor_name from audit_entries where action = 'server.enrolled' and actor_name = 'fresh'"
            )
        );
    }

    [Fact]
    public async Task Enroll_WithAUsedExpiredOrUnknownCode_Returns401()
    {
        await panel.World.Server("again");
        var used = await panel.Code("again");
        await panel.Enroll(used);
        var expired = await panel.Code("again");
        await panel.World.Execute("update server_enrolments set expires_at = now() - interval '1 second' where used_at is null");

        Assert.Null(await panel.Enroll(used));
        Assert.Null(await panel.Enroll(expired));
        Assert.Null(await panel.Enroll("mpe_guess"));
        Assert.Null(await panel.Enroll(""));
        Assert.Null(await panel.Enroll("' or '1'='1 \0"));
    }

    [Fact]
    public async Task Enroll_ThreeTimes_EndsTheFirstToken()
    {
        await panel.World.Server("rotating");
        var tokens = new List<string>();
        for (var i = 0; i < 3; i++)
            tokens.Add((await panel.Enroll(await panel.Code("rotating")))!.Token);

        var answers = new List<HttpStatusCode>();
        foreach (var token in tokens)
            answers.Add(await Beat(token));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.OK], answers);
    }

    [Fact]
    public async Task Enroll_TooOftenFromOneAddress_Returns429WithRetryAfter()
    {
        var strict = await WorkerPanel.Start(s => s["Provisioning:EnrolmentsPerMinute"] = "3");
        using var client = strict.Client(null);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 5; i++)
            answers.Add(await client.PostAsJsonAsync(WorkerRoutes.Enroll, new EnrollRequest("mpe_guess", "1.0.0")));

        Assert.Equal([401, 401, 401, 429, 429], answers.Select(a => (int)a.StatusCode));
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        answers.ForEach(a => a.Dispose());
        await strict.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"code":"x","agentVersion":"1\u0000"}""")]
    [InlineData("""{"code":"x","agentVersion":""}""")]
    [InlineData("""{"code":null,"agentVersion":"1.0"}""")]
    [InlineData("""{"agentVersion":"1.0"}""")]
    [InlineData("""{"code":"\ud800","agentVersion":"1.0"}""")]
    [InlineData("[]")]
    public async Task Enroll_WithAMalformedBody_Returns400(string body)
    {
        var agent = new Agent(0, "", panel.Client(null));

        var answer = await agent.Post(WorkerRoutes.Enroll, new StringContent(body, null, "application/json"));

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task Heartbeat_OfADrainingServer_SaysSo()
    {
        var agent = await panel.Agent(state: "draining");

        var answer = await agent.Post(WorkerRoutes.Heartbeat, new HeartbeatRequest("1.2.3", ["hosting", "hosting-2"], 2, Metrics));

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"state\":\"draining\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(
            "1.2.3 2 12.5",
            await panel.World.Scalar<string>(
                "select agent_version || ' ' || free_slots || ' ' || (metrics->>'cpuPercent') from server_heartbeats where server_id = @ServerId",
                new { agent.ServerId }
            )
        );
        Assert.NotNull(
            await panel.World.Scalar<DateTime?>(
                "select last_used_at from server_tokens where server_id = @ServerId",
                new { agent.ServerId }
            )
        );
    }

    [Fact]
    public async Task Heartbeat_OfANodeThatIsUnwell_KeepsWhatIsWrongAndSinceWhen()
    {
        var agent = await panel.Agent();

        var first = await Beat(new ServiceHealth("nginx", "It does not run."), new ServiceHealth("ssh", null));
        var second = await Beat(new ServiceHealth("nginx", "It\u0007 still does not run."));
        var third = await Beat(new ServiceHealth("nginx", null));
        var old = await Beat();

        Assert.StartsWith("nginx: It does not run. ", first, StringComparison.Ordinal);
        Assert.Equal(first.Replace("It does", "It still does", StringComparison.Ordinal), second);
        Assert.Equal((" ", " "), (third, old));

        async Task<string> Beat(params ServiceHealth[] services)
        {
            var request = new HeartbeatRequest("1.2.3", ["hosting", "hosting-2"], 2, Metrics, services.Length == 0 ? null : services);
            Assert.Equal(200, (await agent.Post(WorkerRoutes.Heartbeat, request)).Status);
            return await panel.World.Scalar<string>(
                "select coalesce(problem, '') || ' ' || coalesce(unwell_since::text, '') from server_heartbeats where server_id = @ServerId",
                new { agent.ServerId }
            );
        }
    }

    [Theory]
    [InlineData("""{"agentVersion":"1","capabilities":[],"freeSlots":1,"metrics":M,"services":[null]}""", "services[0]")]
    [InlineData("""{"agentVersion":"1","capabilities":[],"freeSlots":1,"metrics":M,"services":[{"name":"Nginx;"}]}""", "services[0].name")]
    [InlineData(
        """{"agentVersion":"1","capabilities":[],"freeSlots":1,"metrics":M,"services":[{"name":"nginx","problem":""}]}""",
        "services[0].problem"
    )]
    [InlineData("""{"agentVersion":"1","capabilities":["Hosting;"],"freeSlots":1,"metrics":M}""", "capabilities[0]")]
    [InlineData("""{"agentVersion":"1","capabilities":[null],"freeSlots":1,"metrics":M}""", "capabilities[0]")]
    [InlineData("""{"agentVersion":"1","capabilities":[],"freeSlots":-1,"metrics":M}""", "freeSlots")]
    [InlineData("""{"agentVersion":"1\n","capabilities":[],"freeSlots":1,"metrics":M}""", "agentVersion")]
    public async Task Heartbeat_WithHostileFields_Returns400NamingThem(string body, string path)
    {
        var agent = await panel.Agent();
        const string metrics =
            """{"cpuPercent":1e999,"load1":-1,"load5":0,"load15":0,"memoryTotalBytes":0,"memoryUsedBytes":0,"diskTotalBytes":0,"diskUsedBytes":0,"networkReceivedBytesPerSecond":0,"networkSentBytesPerSecond":0,"uptimeSeconds":0}""";

        var answer = await agent.Post(
            WorkerRoutes.Heartbeat,
            new StringContent(body.Replace("M", metrics, StringComparison.Ordinal), null, "application/json")
        );

        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Contains($"\"path\":\"{path}\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"metrics\"", answer.Body, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> Beat(string token)
    {
        using var client = panel.Client(token);
        using var response = await client.PostAsJsonAsync(
            WorkerRoutes.Heartbeat,
            new HeartbeatRequest("1.0.0", ["hosting", "hosting-2"], 1, Metrics)
        );
        return response.StatusCode;
    }
}
