using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class ServerTokenTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly ClaimRequest Body = new(["hosting", "hosting-2"]);

    [Fact]
    public async Task Claim_WithoutOrWithAWrongToken_Returns401()
    {
        var agent = await panel.Agent();
        var token = agent.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        string?[] wrong = [null, "", "x", "mps_", "mps_000000000000_x", token + "x", token[..^1], new string('a', 5000)];

        foreach (var attempt in wrong)
            Assert.Equal((401, "unauthenticated"), await Claim(attempt));
        Assert.Equal((204, null), await Claim(token));
    }

    [Fact]
    public async Task Claim_WithARevokedToken_Returns401()
    {
        var agent = await panel.Agent();
        await using (var db = await panel.Server.DataSource.OpenConnectionAsync())
            await ServerTokens.RevokeAll(db, agent.Name);

        var answer = await agent.Post(WorkerRoutes.Claim, Body);

        Assert.Equal(401, answer.Status);
        Assert.Equal(
            1,
            await panel.World.Scalar<int>(
                """
                select count(*) from audit_entries
                where after->>'reason' = 'revoked_token' and action = 'access.unauthenticated' and actor_name = @prefix
                """,
                new { prefix = agent.Http.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1] }
            )
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Claim_ThatWaitedWhenItsTokenWasRevoked_GetsNoTask(bool alone)
    {
        var agent = await panel.Agent();
        var token = await panel.World.Scalar<long>("select id from server_tokens where server_id = @ServerId", new { agent.ServerId });
        var waiting = agent.Claim(wait: 5);
        await Wait.Until(() => panel.Signal.WaitsFor(agent.ServerId), "the claim to wait");

        await using (var db = await panel.Server.DataSource.OpenConnectionAsync())
        await using (var transaction = await db.BeginTransactionAsync())
        {
            if (alone)
                await ServerTokens.Revoke(transaction, agent.ServerId, token);
            else
                await ServerTokens.RevokeAll(db, agent.Name);
            await transaction.CommitAsync();
        }
        var task = await panel.World.HostingTask(agent.ServerId);
        await panel.Announce(agent.ServerId);

        Assert.Null(await waiting);
        Assert.Equal("pending", await panel.World.Scalar<string>("select status from provisioning_tasks where id = @task", new { task }));
    }

    [Theory]
    [InlineData("?endOthers=true", 401, 1)]
    [InlineData("", 204, 0)]
    public async Task Enroll_WithACodeThatEndsTheOldToken_EndsIt(string query, int old, int ended)
    {
        var agent = await panel.Agent();
        using var admin = await panel.Server.Client("servers.manage");
        using var made = await admin.PostAsync($"/api/admin/servers/{agent.ServerId}/enrolment-code{query}", null);
        var code = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
        // Not before the new agent is there.
        Assert.Equal(204, (await agent.Post(WorkerRoutes.Claim, Body)).Status);

        var fresh = agent with { Http = panel.Client((await panel.Enroll(code))!.Token) };

        Assert.Equal(
            (old, 204),
            ((await agent.Post(WorkerRoutes.Claim, Body)).Status, (await fresh.Post(WorkerRoutes.Claim, Body)).Status)
        );
        Assert.Equal(
            ended,
            await panel.World.Scalar<int>(
                "select (after ->> 'endedTokens')::int from audit_entries where action = 'server.enrolled' and actor_name = @Name order by id desc limit 1",
                new { agent.Name }
            )
        );
    }

    [Fact]
    public async Task Claim_WithAnApiKeyOfAnyScope_Returns401()
    {
        var client = await panel.Server.Client("provisioning.view", "provisioning.retry");

        Assert.Equal(401, (await new Agent(0, "", client).Post(WorkerRoutes.Claim, Body)).Status);
    }

    [Fact]
    public async Task AdminRoute_WithAServerToken_Returns401()
    {
        var agent = await panel.Agent();

        using var response = await agent.Http.GetAsync("/api/admin/provisioning/tasks");

        Assert.Equal(401, (int)response.StatusCode);
    }

    private async Task<(int, string?)> Claim(string? token)
    {
        using var client = panel.Client(null);
        if (token is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var answer = await new Agent(0, "", client).Post(WorkerRoutes.Claim, Body);
        return (answer.Status, answer.Code);
    }
}
