using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Jobs.Websites;

namespace MPanel.Tests.Integration.Database.Websites;

public sealed class LeaveLostServerTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    private ProvisioningWorld World => _world.World;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Next_OfAWebsiteThatStood_IsPlacedOnAnotherServerWithoutItsFiles()
    {
        var site = await _world.Website("stood.test");
        await World.Execute("update servers set website_count = 1 where id = @Server", new { _world.Server });
        var other = await World.Server("other");
        await Lose();

        var left = await Next();
        var waiting = await Standing(site);
        var again = await Next();
        var placed = await Place();
        var task = await World.Claim(other);

        Assert.Equal((site, false, "node"), (left!.Id, left.Removed, left.Server));
        Assert.Equal("active lost none 2 0 pending none 0", waiting);
        Assert.Null(again);
        Assert.Equal((other, "apply", 2L), (Assert.Single(placed).ServerId, task!.Action, WebsiteWorld.Spec(task).Revision));
        Assert.Equal(["stood.test"], await World.Strings("select h.name from hostnames h where h.website_id = @site", new { site }));
        Assert.StartsWith(
            "node is lost, and with it whatever stood there of stood.test.",
            await World.Scalar<string>("select message from timeline where subject_kind = 'website' and code = 'server_lost'"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Next_OfAWebsiteThatIsBeingRemoved_FreesItsNamesAndGivesItsTasksUp()
    {
        var site = await _world.Website("removing.test");
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "removing.test"));
        await Lose();

        var left = await Next();

        Assert.True(left!.Removed);
        Assert.Equal(
            "removed true absent 0 cancelled 0",
            await World.Scalar<string>(
                """
                select w.status || ' ' || (w.content_lost_at is not null)::text || ' ' || p.desired || ' ' || (p.revision - p.applied_revision)
                    || ' ' || (select string_agg(distinct t.status, ',') from provisioning_tasks t where t.placement_id = p.id and t.status <> 'success')
                    || ' ' || (select count(*) from hostnames where website_id = w.id)
                from websites w join placements p on p.subject_id = w.id where w.id = @site
                """,
                new { site }
            )
        );
        Assert.NotEqual(site, await _world.Website("removing.test", stands: false, server: await World.Server("other")));
    }

    [Fact]
    public async Task Next_OfAWebsiteThatNeverStood_LosesNothing()
    {
        var site = await _world.Website("new.test", stands: false);
        await Lose();

        await Next();

        Assert.Equal("pending kept none 2 0 pending none 0", await Standing(site));
    }

    [Fact]
    public async Task Next_WhileItsTaskRuns_WaitsForTheLease()
    {
        var site = await _world.Website("runs.test", stands: false);
        var running = (await World.Claim(_world.Server))!;
        await Lose();

        var meanwhile = await Next();
        await World.ExpireLease(running.Id);
        await World.Reap();
        var left = await Next();

        Assert.Null(meanwhile);
        Assert.Equal(site, left!.Id);
        Assert.Equal("pending", await World.Status(running.Id));
    }

    [Fact]
    public async Task Next_WhileSomebodyHoldsItsTask_LeavesItForLater()
    {
        await _world.Website("held.test", stands: false);
        await Lose();
        await using var db = await World.DataSource.OpenConnectionAsync();
        await using var holder = await db.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(db, "select from provisioning_tasks for update", transaction: holder);

        var held = await Next();
        await holder.RollbackAsync();

        Assert.Null(held);
        Assert.NotNull(await Next());
    }

    [Fact]
    public async Task Next_ByManyAtOnce_TakesEachWebsiteOnce()
    {
        for (var n = 0; n < 6; n++)
            await _world.Website(stands: false);
        await World.Execute("update servers set website_count = 6 where id = @Server", new { _world.Server });
        await Lose();

        var left = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Drain()));

        Assert.Equal(6, left.SelectMany(l => l).Distinct().Count());
        Assert.Equal(6, left.Sum(l => l.Count));
        Assert.Equal(0, await World.Scalar<int>("select website_count from servers where id = @Server", new { _world.Server }));
    }

    [Fact]
    public async Task Retry_OfATaskThatFailedOnTheLostServer_GoesWhereItsWebsiteIs()
    {
        var site = await _world.Website("failed.test", stands: false);
        var failed = (await World.Claim(_world.Server))!;
        await World.Complete(failed.Id, _world.Server, failed.LeaseToken, succeeded: false, permanent: true);
        var other = await World.Server("other");
        await Lose();

        await Next();
        var after = await World.Status(failed.Id);
        await Place();
        var task = (await World.Claim(other))!;
        await World.Complete(task.Id, other, task.LeaseToken);
        var retried = await Retry(failed.Id);

        Assert.Equal(("cancelled", true), (after, retried.Changed));
        Assert.Equal(other, await World.Scalar<long>("select server_id from provisioning_tasks where id = @Id", new { failed.Id }));
        Assert.Equal(other, await World.Scalar<long>("select server_id from websites where id = @site", new { site }));
    }

    [Fact]
    public async Task Tasks_OfNoPlacement_LeaveARetiredServer()
    {
        var order = await World.Order();
        var mail = await World.Server("mail-old", role: "mail");
        var task = await World.Task(order, mail, "mail", serverRole: "mail");
        await World.Execute("update servers set state = 'retired', retired_at = now() where id = @mail", new { mail });

        await using var db = await World.DataSource.OpenConnectionAsync();
        var left = await LeaveRetiredServers.Next(db, 10);
        var more = await LeaveRetiredServers.Next(db, 10);

        Assert.Equal((1, 0), (left, more));
        Assert.Null((await World.Facts(task)).ServerName);
    }

    private Task Lose() =>
        World.Execute(
            "update servers set state = 'retired', retired_at = now(), lost_at = now() where id = @Server",
            new { _world.Server }
        );

    private async Task<LeftWebsite?> Next()
    {
        await using var db = await World.DataSource.OpenConnectionAsync();
        return await LeaveLostServer.Next(db, "corr-lost");
    }

    private async Task<List<long>> Drain()
    {
        var left = new List<long>();
        while (await Next() is { } website)
            left.Add(website.Id);
        return left;
    }

    private async Task<IReadOnlyList<PlacedTask>> Place()
    {
        await using var db = await World.DataSource.OpenConnectionAsync();
        return await PlaceWaitingTasks.Next(db, TimeSpan.FromSeconds(90));
    }

    private async Task<TaskDecision> Retry(long task)
    {
        await using var db = await World.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var decision = await RetryTask.Run(transaction, task, "ann", "corr-retry");
        await transaction.CommitAsync();
        return decision;
    }

    /// <summary>Status, whether its files are lost, server, revision, applied revision; its task's status and server; the lost server's count.</summary>
    private Task<string> Standing(long site) =>
        World.Scalar<string>(
            """
            select w.status || ' ' || case when w.content_lost_at is null then 'kept' else 'lost' end || ' ' || coalesce(p.server_id::text, 'none')
                || ' ' || p.revision || ' ' || p.applied_revision || ' ' || t.status || ' ' || coalesce(t.server_id::text, 'none') || ' '
                || (select website_count from servers where name = 'node')
            from websites w join placements p on p.subject_id = w.id
            join provisioning_tasks t on t.placement_id = p.id and t.status = 'pending'
            where w.id = @site and w.server_id is not distinct from p.server_id
            """,
            new { site }
        );
}
