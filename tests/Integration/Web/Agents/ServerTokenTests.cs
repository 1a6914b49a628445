using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class ServerTokenTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly ClaimRequest Body = new(["hosting"]);

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
                "select count(*) from audit_entries where after->>'reason' = 'revoked_token' and action = 'access.unauthenticated'"
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
