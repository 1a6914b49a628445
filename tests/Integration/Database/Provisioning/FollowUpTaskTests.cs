using System.Text.RegularExpressions;
using MPanel.Jobs.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

/// <summary>What follows from a task that succeeded, in whatever order and however often it runs.</summary>
public sealed partial class FollowUpTaskTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;
    private long _server;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        _server = await _world.Server();
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task FollowUp_OfAnOrdersOnlyTask_ActivatesEverything()
    {
        var order = await _world.Order("whole.test");
        var website = await _world.Website(order, _server);
        var task = await _world.Task(order, _server, websiteId: website, plan: "wp-growth");
        await Succeeds();

        await _world.FollowUp(task);
        var once = await Everything(order);
        await _world.FollowUp(task);

        Assert.Equal("completed, active, active wp-growth, managed", once);
        Assert.Equal(once, await Everything(order));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FollowUp_OfTwoPlansInAnyOrder_LeavesThePlanThatWasAppliedLast(bool reversed)
    {
        var order = await _world.Order();
        var website = await _world.Website(order, _server);
        var first = await _world.Task(order, _server, websiteId: website, plan: "wp-growth");
        var last = await _world.Task(order, _server, websiteId: website, plan: "business", dependsOn: first);
        await Succeeds();
        await Succeeds();

        foreach (var task in reversed ? [last, first] : new[] { first, last })
            await _world.FollowUp(task);

        Assert.Equal("completed, active active, active business, managed", await Everything(order));
    }

    [Fact]
    public async Task FollowUp_WhileAnotherTaskIsOpen_LeavesTheOrderProvisioning()
    {
        var order = await _world.Order();
        var task = await _world.Task(order, _server);
        await _world.Task(order, _server, "mail");
        await Succeeds();

        await _world.FollowUp(task);

        Assert.StartsWith("provisioning, active pending", await Everything(order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUp_OfTheLastTwoTasksAtOnce_CompletesEveryOrder()
    {
        for (var i = 0; i < 25; i++)
        {
            var order = await _world.Order();
            long[] tasks =
            [
                await _world.Task(order, _server, domain: $"a{i}.test"),
                await _world.Task(order, _server, domain: $"b{i}.test"),
            ];
            await Succeeds();
            await Task.WhenAll(Ends(tasks[0], cancels: false), Ends(tasks[1], cancels: i % 2 == 0));

            Assert.StartsWith("completed", await Everything(order), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task FollowUp_OfATaskThatIsNotDone_ChangesNothing(string status)
    {
        var order = await _world.Order();
        var website = await _world.Website(order, _server);
        var task = await _world.Task(order, _server, websiteId: website);
        await _world.Task(order, _server, "mail");
        if (status == "failed")
            await Claimed(succeeds: false);
        else if (status == "cancelled")
            await Ends(task, cancels: true);
        var before = await Everything(order);

        await _world.FollowUp(task);

        Assert.Equal(status, await _world.Status(task));
        Assert.Equal(before, await Everything(order));
    }

    [Fact]
    public async Task TaskOfNoOrder_RunsAndIsToldOnTheTimelineOfItsSubject()
    {
        var order = await _world.Order("free.test");
        var website = await _world.Website(order, _server);
        var task = await _world.Scalar<long>(
            """
            insert into provisioning_tasks
                (subject_kind, subject_id, type, action, domain, website_id, server_role, server_id, payload, correlation_id)
            values ('website', @website, 'hosting', 'create', 'free.test', @website, 'web', @_server, '{"plan": "starter"}', 'c')
            returning id
            """,
            new { website, _server }
        );

        await Succeeds();
        await _world.FollowUp(task);
        var facts = await _world.Facts(task);

        Assert.Equal("active", await _world.Scalar<string>("select status from websites where id = @website", new { website }));
        Assert.Equal((null, null, null), (facts.OrderId, facts.OrderReference, facts.SubscriptionId));
        Assert.Equal(
            ["task.hosting started", "task.hosting done"],
            await _world.Strings(
                $"select step || ' ' || outcome from timeline where subject_kind = 'website' and subject_id = {website} order by id"
            )
        );
    }

    [Fact]
    public async Task Kinds_OfTheList_AreTheDatabases()
    {
        var check = await _world.Scalar<string>(
            "select pg_get_constraintdef(oid) from pg_constraint where contypid = 'task_kind'::regtype"
        );

        Assert.Equal(TaskKinds.Codes, Code().Matches(check).Select(m => m.Groups[1].Value));
        Assert.All(TaskKinds.All, kind => Assert.Contains(kind.ServerRole, MPanel.Database.Servers.ServerRole.All));
    }

    /// <summary>The order; its subscriptions; its website with the plan; the domain.</summary>
    private async Task<string> Everything(PaidOrder order) =>
        await _world.Scalar<string>(
            """
            select concat_ws(', ', o.status,
                (select string_agg(s.status, ' ' order by s.id) from subscriptions s join order_items i on i.id = s.order_item_id
                 where i.order_id = o.id),
                (select w.status || ' ' || w.plan from websites w where w.domain = o.primary_domain),
                (select d.status from domains d where d.name = o.primary_domain))
            from orders o where o.id = @Id
            """,
            new { order.Id }
        );

    private Task Succeeds() => Claimed(succeeds: true);

    private async Task Claimed(bool succeeds)
    {
        var claimed = (await _world.Claim(_server))!;
        await _world.Complete(claimed.Id, _server, claimed.LeaseToken, succeeds, permanent: !succeeds);
    }

    /// <summary>Its follow-up, after the claim and success that may be still to come; or its cancellation.</summary>
    private async Task Ends(long task, bool cancels)
    {
        if (!cancels)
        {
            if (await _world.Status(task) == "pending")
                await Succeeds();
            await _world.FollowUp(task);
            return;
        }
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await MPanel.Database.Provisioning.CancelTask.Run(transaction, task, "ops", "c");
        await transaction.CommitAsync();
    }

    [GeneratedRegex("'([a-z_]+)'::text")]
    private static partial Regex Code();
}
