using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class LogTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

    [Fact]
    public async Task Log_SentTwice_IsKeptOnce()
    {
        var (agent, task, lease) = await Claimed();
        var request = new LogRequest(lease, [new(1, At, "info", "one"), new(2, At, "warn", "two")]);

        Assert.Equal(204, (await agent.Post(WorkerRoutes.Log(task), request)).Status);
        Assert.Equal(204, (await agent.Post(WorkerRoutes.Log(task), request)).Status);

        Assert.Equal(["one", "two"], await Messages(task));
    }

    [Fact]
    public async Task Log_WithSecretsAndControlCharacters_IsMaskedAndCleaned()
    {
        var (agent, task, lease) = await Claimed();
        var secret = $"sk_test_{Guid.NewGuid():N}";

        var answer = await agent.Post(
            WorkerRoutes.Log(task),
            new LogRequest(lease, [new(1, At, "info", $"key {secret}\0\u0007\u001b[2J\u202e end")])
        );

        Assert.Equal(204, answer.Status);
        var message = Assert.Single(await Messages(task));
        Assert.DoesNotContain(secret, message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, c => char.IsControl(c) || c == '\u202e');
        Assert.EndsWith("end", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfTenMegabytes_IsCapped()
    {
        var (agent, task, lease) = await Claimed();
        var seq = 0;
        for (var sent = 0; sent < 10_000_000; sent += 50 * 4000)
        {
            LogLine[] lines = [.. Enumerable.Range(0, 50).Select(_ => new LogLine(++seq, At, "info", new string('x', 4000)))];
            Assert.Equal(204, (await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, lines))).Status);
        }

        Assert.Equal(25, (await Messages(task)).Length);
        Assert.Equal(
            "100000 true",
            await panel.World.Scalar<string>(
                "select log_bytes || ' ' || log_truncated from task_attempts where task_id = @task",
                new { task }
            )
        );
    }

    [Fact]
    public async Task Log_OfManyEmptyLines_IsCapped()
    {
        var (agent, task, lease) = await Claimed();
        for (var i = 0; i < 3; i++)
            await agent.Post(
                WorkerRoutes.Log(task),
                new LogRequest(lease, [.. Enumerable.Range(i * 1500 + 1, 1500).Select(n => new LogLine(n, At, "info", ""))])
            );

        Assert.Equal(3000, await panel.World.Scalar<int>("select count(*) from task_log_lines where task_id = @task", new { task }));
    }

    [Fact]
    public async Task Log_OverTheBodyLimit_Returns413AndKeepsNothing()
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, [new(1, At, "info", new string('x', 256 * 1024))]));

        Assert.Equal((413, "body_too_large"), (answer.Status, answer.Code));
        Assert.Empty(await Messages(task));
    }

    [Fact]
    public async Task Log_WithoutTheLease_Returns409()
    {
        var (agent, task, _) = await Claimed();

        var answer = await agent.Post(WorkerRoutes.Log(task), new LogRequest(Guid.NewGuid(), [new(1, At, "info", "x")]));

        Assert.Equal((409, "stale_lease"), (answer.Status, answer.Code));
        Assert.Empty(await Messages(task));
    }

    [Theory]
    [InlineData("""[{"seq":0,"at":"2026-01-02T03:04:05Z","level":"info","message":"x"}]""", "lines[0].seq")]
    [InlineData("""[{"seq":1,"at":"2026-01-02T03:04:05Z","level":"fatal","message":"x"}]""", "lines[0].level")]
    [InlineData("""[null]""", "lines[0]")]
    public async Task Log_WithHostileLines_Returns400NamingThem(string lines, string path)
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Post(
            WorkerRoutes.Log(task),
            new StringContent($$"""{"leaseToken":"{{lease}}","lines":{{lines}}}""", null, "application/json")
        );

        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Contains($"\"path\":\"{path}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("99999-01-01T00:00:00Z")]
    [InlineData("yesterday")]
    public async Task Log_WithAnImpossibleTime_Returns400(string at)
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Post(
            WorkerRoutes.Log(task),
            new StringContent(
                $$"""{"leaseToken":"{{lease}}","lines":[{"seq":1,"at":"{{at}}","level":"info","message":"x"}]}""",
                null,
                "application/json"
            )
        );

        Assert.Equal(400, answer.Status);
    }

    private async Task<string[]> Messages(long task)
    {
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        return [.. (await MPanel.Database.Provisioning.TaskAttempts.Log(db, task, 5000)).Select(l => l.Message)];
    }

    private async Task<(Agent Agent, long Task, Guid Lease)> Claimed()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        return (agent, task, (await agent.Claim())!.LeaseToken);
    }
}
