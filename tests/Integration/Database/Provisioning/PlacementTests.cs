using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class PlacementTests : IAsyncLifetime
{
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);

    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.WithoutSeededServers();
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task PlaceWebsite_AmongServers_TakesTheEmptiestThatFits()
    {
        await _world.Server(capacity: 100, count: 50);
        await _world.Server(capacity: 100, count: 1, role: "db");
        await _world.Server(capacity: 100, count: 0, state: "draining");
        await _world.Server(capacity: 100, count: 0, tags: ["ssd"]);
        var wanted = await _world.Server(capacity: 1000, count: 100, tags: ["ssd", "php"]);

        Assert.Equal(wanted, await PlaceSite("web", "php", "ssd"));
        Assert.Equal(101, await Count(wanted));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2 minutes", null)]
    [InlineData("1 second", "nginx: It does not run.")]
    [InlineData("1 second", null, "mail")]
    public async Task PlaceWebsite_BesideServersThatAreNotLive_TakesALiveOne(string? silence, string? problem, string can = "hosting")
    {
        var empty = await _world.Server(capacity: 100);
        await Heard(empty, silence, problem, can);
        var live = await _world.Server(capacity: 100, count: 98);
        await Heard(live, "1 second", null, "hosting");

        var placed = new[] { await PlaceSite("web"), await PlaceSite("web"), await PlaceSite("web") };

        // The last one finds the live server full: to wait for the other's agent is better than to wait for room nowhere.
        Assert.Equal([live, live, empty], placed);
    }

    [Fact]
    public async Task PlaceWebsite_WhileTheLiveServerIsHeld_WaitsForItInsteadOfTakingADeadOne()
    {
        await _world.Server(capacity: 100);
        var live = await _world.Server(capacity: 100, count: 10);
        await Heard(live, "1 second", null, "hosting");
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);
        Assert.Equal(live, await first.Place());

        var waiting = second.Place();
        await second.IsBlocked(_world);
        await first.End(commit: true);

        Assert.Equal(live, await waiting);
    }

    [Fact]
    public async Task PlaceTask_ForAnotherKind_PrefersAServerThatIsLive()
    {
        await _world.Server(capacity: 100, role: "mail");
        var live = await _world.Server(capacity: 100, count: 99, role: "mail");
        await Heard(live, "1 second", null, "backup");

        Assert.Equal(live, await PlaceOther("mail", "some.test"));
    }

    [Fact]
    public async Task PlaceWebsite_WithoutRoom_ReturnsNullAndTakesNothing()
    {
        var full = await _world.Server(capacity: 3, count: 3);
        await _world.Server(capacity: 0);

        Assert.Null(await PlaceSite("web"));
        Assert.Equal(3, await Count(full));
    }

    [Fact]
    public async Task PlaceWebsite_By40AtOnceWithRoomFor30_PlacesExactly30()
    {
        var small = await _world.Server(capacity: 10);
        var large = await _world.Server(capacity: 20);

        var placed = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PlaceSite("web")));

        Assert.Equal((10, 20, 10), (placed.Count(p => p == small), placed.Count(p => p == large), placed.Count(p => p is null)));
        Assert.Equal((10, 20), (await Count(small), await Count(large)));
    }

    [Fact]
    public async Task PlaceWebsite_WhileAnotherPlacementIsOpen_TakesTheNextServerWithoutWaiting()
    {
        var emptiest = await _world.Server(capacity: 100);
        var next = await _world.Server(capacity: 100, count: 50);
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);

        Assert.Equal(emptiest, await first.Place());
        Assert.Equal(next, await second.Place().WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Choose_AndTake_OfAServerThatFillsUpBetween_TakesNothing()
    {
        var only = await _world.Server(capacity: 1);
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);
        Assert.Equal((only, only), (await first.Choose(), await second.Choose()));

        Assert.True(await first.Take(only));
        var late = second.Take(only);
        await second.IsBlocked(_world);
        await first.End(commit: true);

        Assert.False(await late.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, await Count(only));
    }

    [Fact]
    public async Task Choose_WhileAnotherHasChosen_TakesTheNextAndHoldsNobodyUp()
    {
        var emptiest = await _world.Server(capacity: 100);
        var next = await _world.Server(capacity: 100, count: 50);
        var fullest = await _world.Server(capacity: 100, count: 90);
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);

        Assert.Equal((emptiest, next), (await first.Choose(), await second.Choose()));
        // Nothing is held that was not chosen, and a choice holds no row.
        await using var third = await Placement.Begin(_world);
        Assert.Equal(fullest, await third.Choose());
        Assert.True(await third.Take(emptiest).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(2, true, true)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    public async Task PlaceWebsite_WithItsOnlyServerHeld_WaitsAndSeesWhatIsLeft(int capacity, bool firstCommits, bool getsRoom)
    {
        var only = await _world.Server(capacity: capacity);
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);
        Assert.Equal(only, await first.Place());

        var waiting = second.Place();
        await second.IsBlocked(_world);
        await first.End(firstCommits);

        Assert.Equal(getsRoom ? only : null, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        await second.End(commit: true);
        Assert.Equal((firstCommits ? 1 : 0) + (getsRoom ? 1 : 0), await Count(only));
    }

    [Fact]
    public async Task PlaceWebsite_BehindServersThatFillUpMeanwhile_GoesOnToTheOneWithRoom()
    {
        var full = await _world.Server(capacity: 1);
        var last = await _world.Server(capacity: 1000, count: 999);
        await using var first = await Placement.Begin(_world);
        await using var second = await Placement.Begin(_world);
        await using var third = await Placement.Begin(_world);
        Assert.Equal((full, last), (await first.Place(), await second.Place()));

        var waiting = third.Place();
        await third.IsBlocked(_world);
        await first.End(commit: true);
        // It goes on to the other one, and waits there.
        await third.IsBlocked(_world);
        await second.End(commit: false);

        Assert.Equal(last, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task PlaceWebsite_InManyOrdersAndPlacementsAtOnce_NeitherDeadlocksNorOverfills()
    {
        var servers = new List<long>();
        for (var i = 0; i < 3; i++)
            servers.Add(await _world.Server(capacity: 15));
        var waiting = new List<PaidOrder>();
        for (var i = 0; i < 20; i++)
        {
            var order = await _world.Order();
            waiting.Add(order);
            await _world.Task(order, null, websiteId: await _world.Website(order, null));
        }
        var fresh = new List<PaidOrder>();
        for (var i = 0; i < 40; i++)
            fresh.Add(await _world.Order());

        await Task.WhenAll([.. fresh.Select(WholeStep), .. Enumerable.Range(0, 4).Select(_ => PlaceAll())])
            .WaitAsync(TimeSpan.FromSeconds(60));

        foreach (var server in servers)
        {
            Assert.Equal(15, await Count(server));
            Assert.Equal(15, await _world.Scalar<int>("select count(*) from websites where server_id = @server", new { server }));
        }
        Assert.Equal(15, await _world.Scalar<int>("select count(*) from websites where server_id is null"));

        async Task PlaceAll()
        {
            while ((await PlaceNext()).Count > 0) { }
        }

        // What an order's step writes, in its order.
        async Task WholeStep(PaidOrder order)
        {
            await using var db = await _world.DataSource.OpenConnectionAsync();
            await using var transaction = await db.BeginTransactionAsync();
            var website = await FindOrCreateWebsite.Run(transaction, order.Domain, order.CustomerId, "starter", alias: null);
            if (await PlaceWebsite.Run(transaction, Need("web", [])) is { } server)
                await FindOrCreateWebsite.SetServer(transaction, website.Id, server);
            await CreateTasks.MoveOrderOn(transaction, order.IntakeId, waits: false);
            await transaction.CommitAsync();
        }
    }

    [Fact]
    public async Task PlaceTask_WithALiveWebsite_FollowsItEvenToADrainingServer()
    {
        await _world.Server();
        var home = await _world.Server(state: "draining", count: 900);
        var order = await _world.Order();
        await _world.Website(order, home, status: "active");

        Assert.Equal(home, await PlaceOther("web", order.Domain, "no-such-tag"));
    }

    [Fact]
    public async Task PlaceTask_OfAnotherRole_GoesToAServerOfThatRole()
    {
        var home = await _world.Server();
        var mail = await _world.Server(role: "mail", capacity: 0);
        var order = await _world.Order();
        await _world.Website(order, home);

        Assert.Equal(mail, await PlaceOther("mail", order.Domain));
        Assert.Null(await PlaceOther("dns", order.Domain));
    }

    [Fact]
    public async Task PlaceTask_BesideAWebsiteWithoutAServer_WaitsForIt()
    {
        await _world.Server();
        var order = await _world.Order();
        await _world.Website(order, null);

        Assert.Null(await PlaceOther("web", order.Domain));
        Assert.NotNull(await PlaceOther("web", "another.test"));
    }

    [Fact]
    public async Task PlaceTask_OfManyDomains_SpreadsThemAndIsStable()
    {
        for (var i = 0; i < 3; i++)
            await _world.Server(role: "mail", capacity: 0);

        var first = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => PlaceOther("mail", $"d{i}.test")));
        var second = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => PlaceOther("mail", $"d{i}.test")));

        Assert.Equal(first, second);
        Assert.Equal(3, first.Distinct().Count());
    }

    [Fact]
    public async Task PlaceWaitingTasks_WhenThereIsRoom_PlacesTheWebsiteAndAllThatFollowIt()
    {
        var server = await _world.Server("late", capacity: 0);
        var order = await _world.Order();
        var website = await _world.Website(order, null);
        var hosting = await _world.Task(order, null, websiteId: website);
        var backup = await _world.Task(order, null, "backup", dependsOn: hosting);
        Assert.Empty(await PlaceNext());
        await _world.Execute("update servers set website_capacity = 1 where id = @server", new { server });

        var placed = await PlaceNext();

        Assert.Equal([hosting, backup], placed.Select(p => p.Id));
        Assert.All(placed, p => Assert.Equal("late", p.Server));
        Assert.Equal(server, await _world.Scalar<long>("select server_id from websites where id = @website", new { website }));
        Assert.Equal(1, await Count(server));
        Assert.Empty(await PlaceNext());
        Assert.Equal(hosting, (await _world.Claim(server))?.Id);
    }

    [Fact]
    public async Task PlaceWaitingTasks_OfTwoPlansOnOneDomain_TakesRoomOnce()
    {
        var server = await _world.Server(capacity: 5);
        var order = await _world.Order();
        var website = await _world.Website(order, null);
        await _world.Task(order, null, websiteId: website);
        await _world.Task(order, null, websiteId: website, plan: "wp-growth");

        Assert.Equal(2, (await PlaceNext()).Count);
        Assert.Equal(1, await Count(server));
    }

    [Fact]
    public async Task PlaceWaitingTasks_ByManyAtOnce_FillsTheServerExactly()
    {
        var server = await _world.Server(capacity: 12);
        for (var i = 0; i < 20; i++)
        {
            var order = await _world.Order();
            await _world.Task(order, null, websiteId: await _world.Website(order, null));
        }

        var rounds = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async _ =>
                {
                    var placed = 0;
                    for (var round = 0; round < 20; round++)
                        placed += (await PlaceNext()).Count;
                    return placed;
                })
        );

        Assert.Equal(12, rounds.Sum());
        Assert.Equal(12, await Count(server));
        Assert.Equal(8, await _world.Scalar<int>("select count(*) from websites where server_id is null"));
    }

    [Fact]
    public async Task PlaceWaitingTasks_BehindOneThatFitsNowhere_PlacesTheOthers()
    {
        await _world.Server();
        var picky = await _world.Order();
        await _world.Task(picky, null, websiteId: await _world.Website(picky, null), tags: ["gpu"]);
        var easy = await _world.Order();
        var task = await _world.Task(easy, null, websiteId: await _world.Website(easy, null));

        Assert.Equal([task], (await PlaceNext()).Select(p => p.Id));
        Assert.Equal(("web", "gpu", 1L), await Unplaced());
    }

    private async Task<(string, string, long)> Unplaced()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var need = (await UnplacedTasks.ByNeed(db)).Single();
        return (need.Role, need.Tags, need.Count);
    }

    private async Task<long?> PlaceSite(string role, params string[] tags)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var server = await PlaceWebsite.Run(transaction, Need(role, tags));
        await transaction.CommitAsync();
        return server;
    }

    private async Task<long?> PlaceOther(string role, string domain, params string[] tags)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        return await PlaceTask.Run(transaction, Need(role, tags, "backup"), domain);
    }

    private async Task<IReadOnlyList<PlacedTask>> PlaceNext()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return await PlaceWaitingTasks.Next(db, OfflineAfter);
    }

    /// <param name="silence">Since the last heartbeat; null for an agent that has never reported.</param>
    private async Task Heard(long server, string? silence, string? problem, string can)
    {
        if (silence is not null)
            await _world.Heard(server, silence, problem, can);
    }

    private static PlacementNeed Need(string role, string[] tags, string type = "hosting") => new(type, role, tags, OfflineAfter);

    private Task<int> Count(long server) => _world.Scalar<int>("select website_count from servers where id = @server", new { server });
}
