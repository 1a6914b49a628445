using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class CompleteTaskTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await ProvisioningWorld.Create();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Success_EndsTheAttemptAndAddsTheJobOfWhatFollows()
    {
        var server = await _world.Server("omega");
        var order = await _world.Order("whole.test");
        var website = await _world.Website(order, server);
        var task = await _world.Task(order, server, websiteId: website, plan: "wp-growth");
        var lease = (await _world.Claim(server))!;

        var done = await _world.Complete(task, server, lease.LeaseToken);

        Assert.Equal(
            new CompletedTask(LeaseAnswer.Accepted, "success", 1, "hosting", "whole.test", "wp-growth", "corr-task", done.Woken),
            done
        );
        Assert.Empty(done.Woken);
        Assert.Equal(
            $"task:{task}:1 task.hosting task {task} of task {task} ready corr-task",
            await _world.Scalar<string>(
                "select concat_ws(' ', key, kind, subject_kind, subject_id, 'of', title, state, correlation_id) from outbox"
            )
        );
        Assert.Equal("provisioning", await _world.Scalar<string>("select status from orders where id = @Id", new { order.Id }));
        Assert.Equal("success", await _world.Scalar<string>("select outcome from task_attempts where task_id = @task", new { task }));
        Assert.Equal(["task.hosting started", "task.hosting done"], await _world.Timeline(order.Id));
        Assert.Equal(
            "1 hosting of whole.test is done on omega",
            await _world.Scalar<string>(
                "select attempt || ' ' || message from timeline where duration_ms >= 0 and task_id = @task",
                new { task }
            )
        );
    }

    [Fact]
    public async Task Success_OfWhatOthersWaitFor_WakesTheirServersAndNoOthers()
    {
        var (web, mail, dns) = (await _world.Server(), await _world.Server(role: "mail"), await _world.Server(role: "dns"));
        var order = await _world.Order();
        var task = await _world.Task(order, web);
        var next = await _world.Task(order, web, plan: "wp-growth");
        await _world.Task(order, mail, "mail", dependsOn: task, serverRole: "mail");
        // Waits for something that is still to be done, and so not for this.
        await _world.Task(order, dns, "ssl", dependsOn: next, serverRole: "dns");
        var lease = (await _world.Claim(web))!;

        var done = await _world.Complete(task, web, lease.LeaseToken);

        Assert.Equal([web, mail], done.Woken.Order());
    }

    [Fact]
    public async Task Success_BesideATaskOfTheSameDomainInBackoff_WakesNobody()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server);
        var later = await _world.Task(order, server, plan: "wp-growth");
        await _world.Execute("update provisioning_tasks set available_at = now() + interval '1 hour' where id = @later", new { later });
        var lease = (await _world.Claim(server))!;

        Assert.Empty((await _world.Complete(task, server, lease.LeaseToken)).Woken);
    }

    [Fact]
    public async Task Failure_OfATaskOfABusyDomain_WakesTheServerOfItsNextTask()
    {
        var (web, mail) = (await _world.Server(), await _world.Server(role: "mail"));
        var order = await _world.Order();
        var task = await _world.Task(order, web);
        await _world.Task(order, mail, "mail", serverRole: "mail");
        var lease = (await _world.Claim(web))!;

        var failed = await _world.Complete(task, web, lease.LeaseToken, succeeded: false);

        Assert.Equal([mail], failed.Woken);
    }

    [Fact]
    public async Task Success_WhenAFollowingWriteFails_ChangesNothing()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server);
        var lease = (await _world.Claim(server))!;
        await _world.Execute("alter table outbox add constraint broken check (kind <> 'task.hosting')");

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _world.Complete(task, server, lease.LeaseToken));

        Assert.Equal("in_progress", await _world.Status(task));
        Assert.Equal(["task.hosting started"], await _world.Timeline(order.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Complete_Repeated_IsAlreadyDoneAndChangesNothing(bool succeeded)
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server);
        var lease = (await _world.Claim(server))!;
        await _world.Complete(task, server, lease.LeaseToken, succeeded);
        var before = await _world.Facts(task);

        var again = await _world.Complete(task, server, lease.LeaseToken, succeeded);

        Assert.Equal(LeaseAnswer.AlreadyDone, again.Answer);
        Assert.Equal(before, (await _world.Facts(task)) with { ReadAt = before.ReadAt });
        Assert.Equal(2, (await _world.Timeline(order.Id)).Length);
    }

    [Fact]
    public async Task Complete_TwentyTimesAtOnce_IsAcceptedOnce()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server);
        var lease = (await _world.Claim(server))!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _world.Complete(task, server, lease.LeaseToken)));

        Assert.Single(answers, a => a.Answer == LeaseAnswer.Accepted);
        Assert.Equal(19, answers.Count(a => a.Answer == LeaseAnswer.AlreadyDone));
        Assert.Equal(2, (await _world.Timeline(order.Id)).Length);
    }

    [Fact]
    public async Task Complete_WithAnotherOutcome_ContradictsAndChangesNothing()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server);
        var lease = (await _world.Claim(server))!;
        await _world.Complete(task, server, lease.LeaseToken);

        var other = await _world.Complete(task, server, lease.LeaseToken, succeeded: false, digest: 2);

        Assert.Equal(LeaseAnswer.Contradiction, other.Answer);
        Assert.Equal("success", await _world.Status(task));
    }

    [Fact]
    public async Task Complete_WithAnotherLeaseToken_IsStale()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server);
        await _world.Claim(server);

        var answer = await _world.Complete(task, server, Guid.NewGuid());

        Assert.Equal(LeaseAnswer.StaleLease, answer.Answer);
        Assert.Equal("in_progress", await _world.Status(task));
    }

    [Fact]
    public async Task Complete_OfAnExpiredAttemptWhileTheNextRuns_IsStaleAndHarmless()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server);
        var old = (await _world.Claim(server))!;
        await _world.ExpireLease(task);
        await _world.Reap();
        var next = (await _world.Claim(server))!;

        var late = await _world.Complete(task, server, old.LeaseToken);
        var right = await _world.Complete(task, server, next.LeaseToken);

        Assert.Equal((LeaseAnswer.StaleLease, LeaseAnswer.Accepted), (late.Answer, right.Answer));
        Assert.Equal(2, next.Attempt);
    }

    [Fact]
    public async Task Complete_ByAnotherServerOrOfNoTask_IsNotFound()
    {
        var server = await _world.Server();
        var thief = await _world.Server();
        var task = await _world.HostingTask(server);
        var lease = (await _world.Claim(server))!;

        var theft = await _world.Complete(task, thief, lease.LeaseToken);
        var unknown = await _world.Complete(long.MaxValue, server, lease.LeaseToken);

        Assert.Equal((LeaseAnswer.NotFound, LeaseAnswer.NotFound), (theft.Answer, unknown.Answer));
        Assert.Null(theft.Domain);
        Assert.Equal("in_progress", await _world.Status(task));
    }

    [Fact]
    public async Task Failure_WithAttemptsLeft_WaitsLongerEachTimeAndThenFails()
    {
        var server = await _world.Server();
        var order = await _world.Order();
        var task = await _world.Task(order, server, maxAttempts: 4);
        var waits = new List<double>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var lease = (await _world.Claim(server))!;
            await _world.Complete(task, server, lease.LeaseToken, succeeded: false);
            var facts = await _world.Facts(task);
            if (facts.Status == "pending")
                waits.Add(Math.Round((facts.AvailableAt - facts.UpdatedAt).TotalSeconds));
            Assert.Equal(("nginx_config_invalid", "nginx said no."), (facts.LastErrorCode, facts.LastError));
            await _world.EndBackoff(task);
        }

        Assert.Equal([10, 30, 120], waits);
        Assert.Equal("failed", await _world.Status(task));
        Assert.Equal("task.hosting failed", (await _world.Timeline(order.Id))[^1]);
        Assert.Equal(3, (await _world.Timeline(order.Id)).Count(l => l == "task.hosting retry"));
        Assert.Null(await _world.Claim(server));
    }

    [Fact]
    public async Task Failure_ThatIsPermanent_FailsAtOnce()
    {
        var server = await _world.Server();
        var task = await _world.HostingTask(server);
        var lease = (await _world.Claim(server))!;

        var done = await _world.Complete(task, server, lease.LeaseToken, succeeded: false, permanent: true);

        Assert.Equal((LeaseAnswer.Accepted, "failed"), (done.Answer, done.Status));
    }
}
