using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class CompleteTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    [Fact]
    public async Task Complete_WithTheLease_Returns200AndARepeatHasNoEffect()
    {
        var (agent, task, lease) = await Claimed();

        var first = await agent.Succeed(task, lease);
        var again = await agent.Succeed(task, lease);

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(
            1,
            await panel.World.Scalar<int>("select count(*) from timeline where task_id = @task and outcome = 'done'", new { task })
        );
    }

    [Fact]
    public async Task Complete_WithAnotherBody_Returns409AndChangesNothing()
    {
        var (agent, task, lease) = await Claimed();
        await agent.Fail(task, lease, permanent: true, message: "One thing.");

        var success = await agent.Succeed(task, lease);
        var otherError = await agent.Fail(task, lease, permanent: true, message: "Another thing.");

        Assert.Equal((409, "completion_contradicts"), (success.Status, success.Code));
        Assert.Equal((409, "completion_contradicts"), (otherError.Status, otherError.Code));
        var facts = await panel.World.Facts(task);
        Assert.Equal(("failed", "One thing."), (facts.Status, facts.LastError));
    }

    [Fact]
    public async Task Complete_WithStaleLease_Returns409AndChangesNothing()
    {
        var (agent, task, _) = await Claimed();

        var answer = await agent.Succeed(task, Guid.NewGuid());

        Assert.Equal((409, "stale_lease"), (answer.Status, answer.Code));
        Assert.Equal("in_progress", await panel.World.Status(task));
    }

    [Fact]
    public async Task AnyCall_AboutAnotherServersTask_Returns404AndChangesNothing()
    {
        var (_, task, lease) = await Claimed();
        var thief = await panel.Agent();
        var line = new LogLine(1, DateTimeOffset.UnixEpoch, "info", "mine");

        Assert.Equal(404, (await thief.Succeed(task, lease)).Status);
        Assert.Equal(404, (await thief.Post(WorkerRoutes.Renew(task), new RenewRequest(lease))).Status);
        Assert.Equal(404, (await thief.Post(WorkerRoutes.Release(task), new ReleaseRequest(lease))).Status);
        Assert.Equal(404, (await thief.Post(WorkerRoutes.Log(task), new LogRequest(lease, [line]))).Status);
        Assert.Equal(404, (await thief.Succeed(long.MaxValue, lease)).Status);
        Assert.Equal("in_progress", await panel.World.Status(task));
        Assert.Equal(0, await panel.World.Scalar<int>("select count(*) from task_log_lines where task_id = @task", new { task }));
    }

    [Fact]
    public async Task Complete_AfterTheLeaseExpired_Returns409AndTheNextAttemptGoesOn()
    {
        var (agent, task, lease) = await Claimed();
        await panel.World.ExpireLease(task);
        await Support.Wait.Until(async () => await panel.World.Status(task) == "pending", "the lease to be reaped");
        var next = (await agent.Claim())!;

        var late = await agent.Succeed(task, lease);
        var right = await agent.Succeed(task, next.LeaseToken);

        Assert.Equal((409, "stale_lease", 200), (late.Status, late.Code, right.Status));
        Assert.Equal(2, next.Attempt);
    }

    [Fact]
    public async Task Complete_AsFailed_WaitsForTheNextAttempt()
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Fail(task, lease);

        Assert.Equal(200, answer.Status);
        Assert.Equal("pending", await panel.World.Status(task));
        Assert.Null(await agent.Claim());
    }

    [Fact]
    public async Task Complete_WithAnErrorThatHoldsSecretsAndControls_KeepsItClean()
    {
        var (agent, task, lease) = await Claimed();
        var secret = $"sk_test_{Guid.NewGuid():N}";

        var answer = await agent.Fail(task, lease, permanent: true, message: $"no\0 way\u001b[31m {secret} {new string('x', 9000)}");

        Assert.Equal(200, answer.Status);
        var error = (await panel.World.Facts(task)).LastError!;
        Assert.StartsWith("no way", error, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error);
        Assert.InRange(error.Length, 100, 4000);
    }

    [Fact]
    public async Task Renew_WithTheLease_ReturnsHowLongItLasts()
    {
        var (agent, task, lease) = await Claimed();

        var renewed = await agent.Post(WorkerRoutes.Renew(task), new RenewRequest(lease));
        var stale = await agent.Post(WorkerRoutes.Renew(task), new RenewRequest(Guid.NewGuid()));

        Assert.Equal((200, """{"leaseSeconds":60}"""), (renewed.Status, renewed.Body));
        Assert.Equal((409, "stale_lease"), (stale.Status, stale.Code));
    }

    [Fact]
    public async Task Release_WithTheLease_GivesTheTaskBackAtOnce()
    {
        var (agent, task, lease) = await Claimed();

        var released = await agent.Post(WorkerRoutes.Release(task), new ReleaseRequest(lease));
        var again = await agent.Post(WorkerRoutes.Release(task), new ReleaseRequest(lease));
        var next = (await agent.Claim())!;

        Assert.Equal((204, 204), (released.Status, again.Status));
        Assert.Equal((task, 2, 6), (next.Id, next.Attempt, next.MaxAttempts));
    }

    [Theory]
    [InlineData("""{"leaseToken":"L","status":"done"}""", "status")]
    [InlineData("""{"leaseToken":"L","status":"failed"}""", "error")]
    [InlineData("""{"leaseToken":"L","status":"success","permanent":true}""", "permanent")]
    [InlineData("""{"leaseToken":"L","status":"success","error":{"code":"x","message":"y"}}""", "error")]
    [InlineData("""{"leaseToken":"L","status":"failed","error":{"code":"X Y","message":"y"}}""", "error.code")]
    [InlineData("""{"leaseToken":"L","status":"failed","error":{"code":"x","message":""}}""", "error.message")]
    public async Task Complete_WithHostileFields_Returns400NamingThem(string body, string path)
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Post(WorkerRoutes.Complete(task), Json(body.Replace("L", $"{lease}", StringComparison.Ordinal)));

        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Contains($"\"path\":\"{path}\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal("in_progress", await panel.World.Status(task));
    }

    [Theory]
    [InlineData("""{"leaseToken":"nonsense","status":"success"}""")]
    [InlineData("""{"status":"success"}""")]
    [InlineData("""{"leaseToken":null,"status":"success"}""")]
    [InlineData("null")]
    public async Task Complete_WithoutALeaseToken_Returns400(string body)
    {
        var (agent, task, _) = await Claimed();

        Assert.Equal(400, (await agent.Post(WorkerRoutes.Complete(task), Json(body))).Status);
    }

    [Fact]
    public async Task Complete_WithABodyOver64KiB_Returns413()
    {
        var (agent, task, lease) = await Claimed();

        var answer = await agent.Fail(task, lease, message: new string('x', 64 * 1024));

        Assert.Equal((413, "body_too_large"), (answer.Status, answer.Code));
        Assert.Equal("in_progress", await panel.World.Status(task));
    }

    private static StringContent Json(string body) => new(body, null, "application/json");

    private async Task<(Agent Agent, long Task, Guid Lease)> Claimed()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        return (agent, task, (await agent.Claim())!.LeaseToken);
    }
}
