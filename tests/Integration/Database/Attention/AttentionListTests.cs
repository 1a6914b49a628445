using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Database.Attention;

public sealed class AttentionListTests : IAsyncLifetime
{
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);

    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Read_OfANewPanel_IsEmpty() => Assert.Empty(await Walk());

    [Fact]
    public async Task Read_OfEveryKind_IsOneListByWhenEachBegan()
    {
        var stopped = await Stopped("unknown_product", "1 hour");
        var doubtful = await Stopped("amount_mismatch", "2 hours");
        var failed = await FailedTask("3 hours");
        var unplaced = await Unplaced("4 hours");
        var silent = await Silent("5 hours");
        var job = await StoppedJob("prune", "6 hours");
        var refunded = await _world.Order();
        await _world.Execute(
            "update payments set status = 'refunded', updated_at = now() - interval '7 hours' where intake_id = @IntakeId",
            refunded
        );

        var seen = await Walk();

        Assert.Equal(
            [
                ("orders", stopped, "unknown_product"),
                ("payments", doubtful, "amount_mismatch"),
                ("tasks", failed, "nginx_refused"),
                ("tasks", unplaced, "no_server"),
                ("servers", silent, "server_offline"),
                ("jobs", job, "boom"),
                ("payments", refunded.IntakeId, "payment_refunded"),
            ],
            seen.Select(r => (r.Kind, r.SourceId, r.Code))
        );
        Assert.Equal(seen.AsEnumerable().Reverse().Select(r => r.Id), (await Walk(descending: false)).Select(r => r.Id));
    }

    [Fact]
    public async Task Read_OfAnOrdersTask_NamesOrderCustomerAndServer()
    {
        var order = await _world.Order("shop.test");
        var server = await _world.Server("node");
        await Fail(await _world.Task(order, server), "1 hour");

        var row = Assert.Single(await Walk());

        Assert.Equal(
            ("hosting", "shop.test", order.Reference, order.CustomerId, "Client", "node", "It broke."),
            (row.Work, row.Subject, row.OrderReference, row.CustomerId, row.Customer, row.Server, row.Error)
        );
    }

    [Fact]
    public async Task Read_OfAStoppedOrder_NamesItsJobAndShowsItOnce()
    {
        var intake = await Stopped("unknown_product", "1 hour");
        var reference = await _world.Scalar<string>("select reference from order_intakes where id = @intake", new { intake });
        var job = await StoppedJob(reference, "1 hour", intake);

        var row = Assert.Single(await Walk());

        Assert.Equal(
            ("orders", reference, job, "stopped.test", "Shop"),
            (row.Kind, row.OrderReference, row.JobId, row.Subject, row.Customer)
        );
        Assert.Single(await Walk(like: "%SHOP@%"));
    }

    [Fact]
    public async Task Read_OfAnOrdersJobWhoseOrderIsNotStopped_ShowsTheJobUntilItIsGivenUp()
    {
        var order = await _world.Order();
        var job = await StoppedJob(order.Reference, "1 hour", order.IntakeId);

        var row = Assert.Single(await Walk());
        await _world.Execute("update outbox set state = 'cancelled', done_at = now() where id = @job", new { job });

        Assert.Equal(("jobs", job, order.Reference), (row.Kind, row.SourceId, row.OrderReference));
        Assert.Empty(await Walk());
    }

    [Fact]
    public async Task Read_OfRecurringJobs_HasThoseThatFailed()
    {
        await Recurring("Succeeded", "servers.metrics");
        var failed = await Recurring("Failed", "jobs.prune");

        var row = Assert.Single(await Walk());

        Assert.Equal(
            ("jobs", failed, "recurring_job_failed", "jobs.prune", "It broke.", null),
            (row.Kind, row.SourceId, row.Code, row.Subject, row.Error, row.OrderReference)
        );
    }

    [Fact]
    public async Task Read_OfServers_HasThoseThatAreSilentOrFullAndNoOthers()
    {
        await Heard(await _world.Server("lively"), "10 seconds");
        await Heard(await _world.Server("resting", state: "maintenance"), "1 day");
        await _world.Server("unborn");
        await Silent("1 hour");
        await _world.Server("full", capacity: 2, count: 2);
        await _world.Server("closed", capacity: 0);
        await _world.HostingTask(await _world.Server("awaited"));

        Assert.Equal(
            ["awaited server_without_agent", "full server_full", "silent server_offline"],
            (await Walk()).Select(r => $"{r.Subject} {r.Code}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Read_OfATaskThatHasJustBegunToWaitForAServer_IsEmpty()
    {
        await _world.Task(await _world.Order(), serverId: null);

        Assert.Empty(await Walk());
    }

    [Fact]
    public async Task Read_ByKindCodeAndSearch_HasThoseOnly()
    {
        await Stopped("unknown_product", "1 hour");
        await FailedTask("2 hours");
        await StoppedJob("prune", "3 hours");

        Assert.Equal(["tasks"], (await Walk(["tasks", "servers"])).Select(r => r.Kind));
        Assert.Equal(["orders"], (await Walk(code: "unknown_product")).Select(r => r.Kind));
        Assert.Equal(["jobs"], (await Walk(like: "%PRU%")).Select(r => r.Kind));
        Assert.Empty(await Walk([]));
    }

    /// <summary>By slices of two, which must be as many as are counted.</summary>
    private async Task<List<AttentionRow>> Walk(
        IReadOnlyCollection<string>? kinds = null,
        string? like = null,
        string? code = null,
        bool descending = true
    )
    {
        var filter = new AttentionFilter(kinds ?? AttentionKind.All, OfflineAfter, like, code);
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var seen = new List<AttentionRow>();
        SliceEdge? edge = null;
        do
        {
            var slice = await AttentionList.Read(db, filter, new SliceRequest(AttentionList.Sorts[0], descending, edge, 2));
            seen.AddRange(slice.Rows);
            edge = slice.Next;
        } while (edge is not null);
        var counts = await AttentionCounts.Read(db, filter);
        Assert.Equal(
            AttentionKind.All.Select(kind => (kind, (long)seen.Count(r => r.Kind == kind))),
            AttentionKind.All.Select(k => (k, counts.Of(k)))
        );
        Assert.Equal(new ListTotal(seen.Count, true), counts.Total(filter.Kinds));
        return seen;
    }

    private Task<long> Stopped(string code, string ago) =>
        _world.Scalar<long>(
            """
            insert into order_intakes (stripe_payment_intent_id, body_digest, body, status, reason_code, reason, correlation_id, updated_at)
            values (gen_random_uuid()::text, decode(repeat('00', 32), 'hex'),
                '{"primaryDomain": "stopped.test", "customerEmail": "shop@example.net", "customerName": "Shop"}', 'needs_review', @code, 'Why.', 'c',
                now() - @ago::interval)
            returning id
            """,
            new { code, ago }
        );

    private async Task<long> FailedTask(string ago)
    {
        var server = await _world.Server();
        await Heard(server, "1 second");
        var task = await _world.HostingTask(server);
        await Fail(task, ago);
        return task;
    }

    private Task Fail(long task, string ago) =>
        _world.Execute(
            """
            update provisioning_tasks
            set status = 'failed', finished_at = now() - @ago::interval, last_error_code = 'nginx_refused', last_error = 'It broke.'
            where id = @task
            """,
            new { task, ago }
        );

    private async Task<long> Unplaced(string ago)
    {
        var task = await _world.Task(await _world.Order(), serverId: null);
        await _world.Execute("update provisioning_tasks set available_at = now() - @ago::interval where id = @task", new { task, ago });
        return task;
    }

    private async Task<long> Silent(string ago)
    {
        var server = await _world.Server("silent");
        await Heard(server, ago);
        return server;
    }

    private Task Heard(long server, string ago) =>
        _world.Execute(
            """
            insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
            values (@server, now() - @ago::interval, '1', '{}', 1, '{}')
            """,
            new { server, ago }
        );

    /// <summary>One of Hangfire's own jobs; Hangfire's id.</summary>
    private async Task<long> Recurring(string state, string id)
    {
        var job = await _world.Scalar<long>(
            """
            with job as (
                insert into hangfire.job (statename, invocationdata, arguments, createdat)
                values (@state, '{"Type": "MPanel.Jobs.Engine.Hangfire.RecurringJobs, MPanel.Jobs", "Method": "Run"}', jsonb_build_array(@id), now())
                returning id
            ), stated as (
                insert into hangfire.state (jobid, name, createdat, data)
                select id, @state, now(), '{"ExceptionMessage": "It broke."}' from job
                returning id, jobid
            )
            select jobid from stated
            """,
            new { state, id }
        );
        await _world.Execute(
            "update hangfire.job set stateid = (select max(id) from hangfire.state where jobid = @job) where id = @job",
            new { job }
        );
        return job;
    }

    /// <param name="intake">Of the order it is about; null for other work.</param>
    private Task<long> StoppedJob(string subject, string ago, long? intake = null) =>
        _world.Scalar<long>(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, state, attempt, spent, code, reason, correlation_id, updated_at)
            values (coalesce('order:' || @intake, gen_random_uuid()::text), case when @intake::bigint is null then 'mail' else 'order' end,
                'test', 1, @subject, 'stopped', 2, 2, 'boom', 'It broke.', 'c', now() - @ago::interval)
            returning id
            """,
            new
            {
                subject,
                ago,
                intake,
            }
        );
}
