using MPanel.Database.Provisioning;
using MPanel.Tests.Integration.Jobs.Websites;

namespace MPanel.Tests.Integration.Database.Provisioning;

/// <summary>What a task of a placement is to do is taken when it is claimed, whatever changes meanwhile.</summary>
public sealed class PlacementTaskTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Changes_WhileATaskWaits_AreOneTaskWithTheLastOfThem()
    {
        var site = await _world.Website(stands: false);
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await WebsiteWorld.Done(_world.Actions.Resume(_world.Ann, site, "unpaid"));

        Assert.Equal(["apply 3"], await _world.Work());
        Assert.Equal(1, await _world.World.Scalar<int>("select count(*) from provisioning_tasks"));
    }

    [Fact]
    public async Task Changes_WhileATaskRuns_AreOneMoreTask()
    {
        var site = await _world.Website(stands: false);
        var running = (await _world.World.Claim(_world.Server))!;
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse"));
        var beside = await _world.World.Claim(_world.Server);

        await _world.Complete(running);
        await _world.World.FollowUp(running.Id);

        Assert.Null(beside);
        Assert.Equal(1, WebsiteWorld.Spec(running).Revision);
        Assert.Equal(["apply 3"], await _world.Work());
        Assert.Equal("3 3 ok", await Placement(site));
    }

    [Fact]
    public async Task Claim_WhileAChangeIsNotCommitted_WaitsAndTakesTheChange()
    {
        var site = await _world.Website(stands: false);
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await using var change = await db.BeginTransactionAsync();
        await MPanel.Database.Websites.LockedWebsite.Take(change, site);
        await MPanel.Database.Websites.ChangeWebsite.SuspendFor(change, site, ["unpaid"]);
        await BringWebsite.Run(change, site, new WebsiteErrand("ann", "corr"));

        var claim = Task.Run(() => _world.World.Claim(_world.Server));
        await _world.World.Execute("select 1");
        Assert.False(claim.IsCompleted);
        await change.CommitAsync();

        Assert.Equal(2, WebsiteWorld.Spec((await claim)!).Revision);
    }

    [Fact]
    public async Task Failure_OfWhatWasChangedMeanwhile_IsHistoryAndTheChangeComesNext()
    {
        var site = await _world.Website(stands: false);
        var running = (await _world.World.Claim(_world.Server))!;
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));

        var failed = await _world.World.Complete(running.Id, _world.Server, running.LeaseToken, succeeded: false, permanent: true);

        Assert.Equal("cancelled", failed.Status);
        Assert.Equal("2 0 unknown", await Placement(site));
        Assert.Equal(["apply 2"], await _world.Work());
    }

    [Theory]
    [InlineData("released")]
    [InlineData("expired")]
    public async Task End_OfALeaseWhenAChangeWaits_LeavesTheChangeAlone(string how)
    {
        var site = await _world.Website(stands: false);
        var running = (await _world.World.Claim(_world.Server))!;
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));

        if (how == "expired")
        {
            await _world.World.ExpireLease(running.Id);
            Assert.Equal(1, await _world.World.Reap());
        }
        else
        {
            await using var db = await _world.World.DataSource.OpenConnectionAsync();
            Assert.Equal(LeaseAnswer.Accepted, (await ReleaseTask.Run(db, running.Id, _world.Server, running.LeaseToken)).Answer);
        }

        Assert.Equal("cancelled", await _world.World.Status(running.Id));
        Assert.Equal(["apply 2"], await _world.Work());
    }

    [Fact]
    public async Task Failure_ForGood_IsWhatThePlacementSaysUntilTheNextChange()
    {
        var site = await _world.Website(stands: false);
        var task = (await _world.World.Claim(_world.Server))!;
        await _world.World.Complete(task.Id, _world.Server, task.LeaseToken, succeeded: false, permanent: true);
        var broken = await Placement(site);
        var mended = await Mend();

        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse"));

        Assert.Equal(("1 0 broken", "2 0 unknown"), (broken, await Placement(site)));
        Assert.Empty(mended);
        Assert.Equal(["apply 2"], await _world.Work());
    }

    [Theory]
    [InlineData("node_ahead", "ahead")]
    [InlineData("other_installation", "ahead")]
    [InlineData("archive_failed", "broken")]
    public async Task Failure_OfANodeThatIsAhead_IsToldApart(string code, string condition)
    {
        var site = await _world.Website(stands: false);
        var task = (await _world.World.Claim(_world.Server))!;
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await CompleteTask.Run(
            db,
            task.Id,
            _world.Server,
            new Completion(task.LeaseToken, false, true, code, "It said so.", ProvisioningWorld.Digest(1)),
            ProvisioningWorld.RetryDelays
        );

        Assert.Equal($"1 0 {condition}", await Placement(site));
    }

    [Fact]
    public async Task Net_FindsWhatHasNoTask_OnceAndOnlyThat()
    {
        var (behind, waiting, untold) = (
            await _world.Website(),
            await _world.Website(stands: false),
            await _world.Website(server: await _world.World.Server())
        );
        await _world.World.Execute("delete from provisioning_tasks where website_id = @untold", new { untold });
        await _world.World.Execute("update placements set revision = revision + 1 where subject_id = @behind", new { behind });

        var found = await Mend();
        var again = await Mend();

        Assert.Equal(2, found.Count);
        Assert.Empty(again);
        Assert.Equal(
            0,
            await _world.World.Scalar<int>("select count(*) - 1 from provisioning_tasks where website_id = @waiting", new { waiting })
        );
    }

    [Fact]
    public async Task Cancel_OfItsOnlyTask_IsNotUndoneByTheNet()
    {
        var site = await _world.Website(stands: false);
        var task = await _world.World.Scalar<long>("select id from provisioning_tasks where website_id = @site", new { site });
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await CancelTask.Run(transaction, task, "ann", "corr");
            await transaction.CommitAsync();
        }
        var cancelled = (await Mend(), await Placement(site));

        await using (var transaction = await db.BeginTransactionAsync())
        {
            Assert.True((await RetryTask.Run(transaction, task, "ann", "corr")).Changed);
            await transaction.CommitAsync();
        }

        Assert.Empty(cancelled.Item1);
        Assert.Equal("1 0 broken", cancelled.Item2);
        Assert.Equal(["apply 1"], await _world.Work());
    }

    [Fact]
    public async Task Success_AfterAnEarlierFailure_TakesWhatWaitedForTheEarlierOne()
    {
        var (site, order) = (await _world.Website(stands: false), await _world.World.Order());
        var first = (await _world.World.Claim(_world.Server))!;
        var backup = await _world.World.Task(order, _world.Server, "backup", dependsOn: first.Id, plan: "daily-backups-30d");
        await _world.World.Complete(first.Id, _world.Server, first.LeaseToken, succeeded: false, permanent: true);
        var early = await _world.World.Claim(_world.Server, "backup");

        await WebsiteWorld.Done(_world.Actions.Rebuild(_world.Ann, site));
        await _world.Work();

        Assert.Null(early);
        Assert.Equal("cancelled", await _world.World.Status(first.Id));
        Assert.Equal(backup, (await _world.World.Claim(_world.Server, "backup"))?.Id);
    }

    [Fact]
    public async Task Success_AfterAChangeTookOver_TakesWhatWaitedForTheOneBefore()
    {
        var (site, order) = (await _world.Website(stands: false), await _world.World.Order());
        var first = (await _world.World.Claim(_world.Server))!;
        var backup = await _world.World.Task(order, _world.Server, "backup", dependsOn: first.Id, plan: "daily-backups-30d");
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await _world.World.Complete(first.Id, _world.Server, first.LeaseToken, succeeded: false);

        await _world.Work();

        Assert.Equal(backup, (await _world.World.Claim(_world.Server, "backup"))?.Id);
    }

    [Fact]
    public async Task Change_WhileAClaimIsNotCommitted_HasATaskOfItsOwn()
    {
        var site = await _world.Website(stands: false);
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await using var claim = await db.BeginTransactionAsync();
        var running = (await ClaimTask.Run(db, _world.Server, ["hosting"], ProvisioningWorld.Lease))!;

        var change = Task.Run(() => WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse")));
        await Task.WhenAny(change, _world.World.Execute("select pg_sleep(0.3)"));
        Assert.False(change.IsCompleted);
        await claim.CommitAsync();
        await change;
        await _world.World.Complete(running.Id, _world.Server, running.LeaseToken, succeeded: false, permanent: true);

        Assert.Equal("2 0 unknown", await Placement(site));
        Assert.Equal(["apply 2"], await _world.Work());
    }

    [Fact]
    public async Task Change_WhenATaskWaitsForItsNextAttempt_WaitsNoLonger()
    {
        var (other, site) = (await _world.Website(stands: false), await _world.Website(stands: false));
        await _world.World.Execute(
            "update provisioning_tasks set available_at = now() + interval '10 minutes' where website_id = @site",
            new { site }
        );

        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse"));
        var first = (await _world.World.Claim(_world.Server))!;

        Assert.Equal((site, "suspended"), (WebsiteWorld.Spec(first).WebsiteId, WebsiteWorld.Spec(first).State));
        Assert.NotEqual(site, other);
    }

    [Fact]
    public async Task Retry_OfATaskOfAWebsiteThatIsGone_IsRefused()
    {
        var site = await _world.Website("gone.test", stands: false);
        var task = await _world.World.Scalar<long>("select id from provisioning_tasks where website_id = @site", new { site });
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "gone.test"));
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();

        Assert.False((await RetryTask.Run(transaction, task, "ann", "corr")).Changed);
    }

    [Fact]
    public async Task Failure_OfANameThatAnotherWebsiteStillHas_IsTriedAgain()
    {
        var site = await _world.Website(stands: false);
        var task = (await _world.World.Claim(_world.Server))!;
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        var failed = await CompleteTask.Run(
            db,
            task.Id,
            _world.Server,
            new Completion(task.LeaseToken, false, true, "domain_already_served", "It said so.", ProvisioningWorld.Digest(1)),
            ProvisioningWorld.RetryDelays
        );

        Assert.Equal(("pending", "1 0 unknown"), (failed.Status, await Placement(site)));
    }

    [Fact]
    public async Task Cancel_ForOneOrder_LeavesTheOtherThatJoinedIt()
    {
        var (first, second) = (await _world.World.Order("shared.test"), await _world.World.Order("other.test"));
        var site = await _world.World.Website(first, _world.Server);
        var subscriptions = new List<long>();
        foreach (var order in new[] { first, second })
        {
            var made = await _world.World.Task(order, _world.Server, domain: "shared.test");
            subscriptions.Add(
                await _world.World.Scalar<long>("select subscription_id from provisioning_tasks where id = @made", new { made })
            );
        }
        await _world.World.Execute("delete from provisioning_tasks");
        await _world.World.Execute(
            "update subscriptions set website_id = @site where id = any(@ids)",
            new { site, ids = subscriptions.ToArray() }
        );
        var brought = await _world.Bring(site, new WebsiteErrand("system", "corr", first.Id, subscriptions[0]));
        Assert.Equal(brought.TaskId, (await _world.Bring(site, new WebsiteErrand("system", "corr", second.Id, subscriptions[1]))).TaskId);
        await using (var db = await _world.World.DataSource.OpenConnectionAsync())
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await CancelTask.Run(transaction, brought.TaskId!.Value, "ann", "corr");
            await transaction.CommitAsync();
        }
        var after = await Orders();
        await Mend();
        await _world.Work();

        Assert.Equal(["cancelled", "provisioning"], after);
        Assert.Equal(["cancelled", "completed"], await Orders());
        Assert.Equal(
            ["pending", "active"],
            await _world.World.Strings(
                "select status from subscriptions where id = any(@ids) order by id",
                new { ids = subscriptions.ToArray() }
            )
        );

        Task<string[]> Orders() => _world.World.Strings("select status from orders order by id");
    }

    [Fact]
    public async Task ChangesClaimsAndEnds_AllAtOnce_EndWithTheLastState()
    {
        var sites = new List<long>();
        for (var i = 0; i < 3; i++)
            sites.Add(await _world.Website(stands: false));
        using var over = new CancellationTokenSource();

        var agents = Enumerable
            .Range(0, 3)
            .Select(n =>
                Task.Run(async () =>
                {
                    while (!over.IsCancellationRequested)
                    {
                        if (await _world.World.Claim(_world.Server) is not { } task)
                            continue;
                        if ((task.Id + task.Attempt) % 3 == n % 3)
                            await _world.World.Complete(task.Id, _world.Server, task.LeaseToken, succeeded: false);
                        else
                            await _world.Complete(task);
                        await _world.World.Execute("update provisioning_tasks set available_at = now() where status = 'pending'");
                    }
                })
            )
            .ToArray();
        await Task.WhenAll(
            sites.Select(site =>
                Task.Run(async () =>
                {
                    for (var i = 0; i < 15; i++)
                    {
                        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
                        await WebsiteWorld.Done(_world.Actions.Resume(_world.Ann, site, "unpaid"));
                    }
                })
            )
        );
        await over.CancelAsync();
        await Task.WhenAll(agents);
        await _world.World.Execute("update provisioning_tasks set available_at = now() where status = 'pending'");
        await Mend();
        await _world.Work();

        // 5 attempts may be spent, and then it waits for a person: nothing else may be left behind.
        Assert.Equal(
            0,
            await _world.World.Scalar<int>("select count(*) from placements where applied_revision < revision and condition <> 'broken'")
        );
        Assert.Equal(
            0,
            await _world.World.Scalar<int>("select count(*) from provisioning_tasks where status in ('pending', 'in_progress')")
        );
    }

    private Task<string> Placement(long site) =>
        _world.World.Scalar<string>(
            "select revision || ' ' || applied_revision || ' ' || condition from placements where subject_id = @site",
            new { site }
        );

    private async Task<IReadOnlyList<BehindPlacement>> Mend()
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await BehindPlacement.Mend(db, 10, "corr");
    }
}
