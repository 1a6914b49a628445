using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Jobs.Websites;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class InventoryTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Look_AtWhatStandsAsItShall_FindsNothing()
    {
        var (one, two) = (await Stands(), await Stands());

        await Say(last: false, Item(one));
        await Say(last: true, Item(two));

        Assert.Equal(("ok", "ok"), (await Condition(one), await Condition(two)));
        Assert.Equal((2, 0, 0), await Counts());
    }

    [Theory]
    [InlineData(1, WebsiteWorld.Hash, "nginx answers with another page", "drifted", "nginx answers with another page")]
    [InlineData(0, WebsiteWorld.Hash, null, "drifted", "It has revision 0, and 1 was applied.")]
    [InlineData(1, "ff", null, "drifted", "It has something else than what was applied as revision 1.")]
    [InlineData(5, WebsiteWorld.Hash, null, "ahead", "It has revision 5, and 1 is the latest here.")]
    public async Task Look_ThatFindsADifference_SaysWhich(long revision, string hash, string? problem, string condition, string text)
    {
        var site = await Stands();
        var item = new InventoryItem(
            "hosting",
            site,
            revision,
            hash.Length == 64 ? hash : string.Concat(Enumerable.Repeat(hash, 32)),
            problem
        );

        await Say(last: true, item);
        var found = (await Condition(site), await Text(site));
        await Say(last: true, Item(site));

        Assert.Equal((condition, text), found);
        Assert.Equal("ok", await Condition(site));
    }

    [Fact]
    public async Task Look_ThatDoesNotFindIt_SaysThatItIsMissingAfterTheLastPart()
    {
        var (there, missing) = (await Stands(), await Stands());

        await Say(last: false, Item(there));
        var before = await Condition(missing);
        await Say(last: true);

        Assert.Equal(("ok", "drifted", "ok"), (before, await Condition(missing), await Condition(there)));
        Assert.Equal("It is not there.", await Text(missing));
    }

    [Fact]
    public async Task Look_AtWhatIsBeingChanged_SaysNothingOfIt()
    {
        var site = await Stands();
        var fresh = await _world.Website();
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));

        await Say(last: true);

        Assert.Equal(("ok", "ok"), (await Condition(site), await Condition(fresh)));
    }

    [Fact]
    public async Task Look_ThatFindsTheUnknown_KeepsItUntilItIsGone()
    {
        var elsewhere = await _world.Website(server: await _world.World.Server());

        await Say(
            last: true,
            new InventoryItem("hosting", 4711, 3, WebsiteWorld.Hash),
            new InventoryItem("hosting", elsewhere, 1, WebsiteWorld.Hash)
        );
        var found = await Counts();
        await Say(last: true);

        Assert.Equal((0, 0, 2), found);
        Assert.Equal((0, 0, 0), await Counts());
    }

    [Fact]
    public async Task Part_ThatComesTwice_CountsOnce()
    {
        var site = await Stands();
        var part = Part(Guid.NewGuid(), last: true, Item(site));

        await Receive(part);
        await Receive(part);

        Assert.Equal("ok", await Condition(site));
        Assert.Equal(1, await _world.World.Scalar<int>("select count(*) from server_inventories where finished_at is not null"));
    }

    [Fact]
    public async Task Look_AtWhatFailedForGood_KeepsTheReason()
    {
        var site = await Stands();
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        var task = (await _world.World.Claim(_world.Server))!;
        await _world.World.Complete(task.Id, _world.Server, task.LeaseToken, succeeded: false, permanent: true);

        await Say(last: true, Item(site));

        Assert.Equal("broken", await Condition(site));
    }

    [Fact]
    public async Task Rebuild_OfTheServer_IsATaskForEachThatHasNone()
    {
        var (one, two) = (await Stands(), await Stands());
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, two, "unpaid"));
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await using (var transaction = await db.BeginTransactionAsync())
        {
            Assert.Equal(1, await ServerInventory.Rebuild(transaction, _world.Server, "corr"));
            await transaction.CommitAsync();
        }

        Assert.Equal(["apply 2", "apply 1"], await _world.Work());
        Assert.Equal(("ok", "ok"), (await Condition(one), await Condition(two)));
    }

    [Fact]
    public async Task Look_ThatIsAhead_AsksOnceWhatTheServerKeeps()
    {
        var (ahead, fine) = (await Stands(), await Stands());
        var later = Item(ahead) with { Revision = 5, Hash = Other };

        Assert.Equal([ahead], await Say(last: true, later, Item(fine)));
        await Keep(ahead, 5, Other);
        Assert.Empty(await Say(last: true, later, Item(fine)));
        Assert.Equal([ahead], await Say(last: true, later with { Revision = 6, Hash = WebsiteWorld.Hash }, Item(fine)));
    }

    [Theory]
    [InlineData("revision_conflict", 2)]
    [InlineData("other_installation", 1)]
    public async Task Look_AtWhatTheServerRefused_LeavesItToAPerson(string code, long revision)
    {
        var site = await Stands();
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await Fail((await _world.World.Claim(_world.Server))!, code);

        var asked = await Say(last: true, Item(site) with { Revision = revision, Hash = Other });

        Assert.Equal([site], asked);
        Assert.Equal(("ahead", "It said so."), (await Condition(site), await Text(site)));
    }

    [Fact]
    public async Task Kept_OfWhatNobodyAskedFor_IsNotKept()
    {
        var (fine, elsewhere) = (await Stands(), await _world.Website(server: await _world.World.Server()));
        await _world.World.Execute("update placements set condition = 'ahead' where subject_id = @elsewhere", new { elsewhere });

        Assert.Equal((0, 0, 0), (await Keep(fine, 5, Other), await Keep(elsewhere, 5, Other), await Keep(4711, 5, Other)));
    }

    [Fact]
    public async Task Heartbeat_AfterAServerRefused_AsksForALookUntilItHasSaidWhatItKeeps()
    {
        var site = await Stands();
        Assert.Null(await AskedAt());
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await Fail((await _world.World.Claim(_world.Server))!, "node_ahead");

        Assert.NotNull(await AskedAt());
        await Keep(site, 5, Other);
        Assert.Null(await AskedAt());
    }

    private const string Other = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private async Task<int> Keep(long site, long revision, string hash)
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await KeptSpec.Receive(db, _world.Server, new SaidSpecs([site], [revision], [hash], ["{}"]));
    }

    private async Task Fail(ClaimedTask task, string code)
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        await CompleteTask.Run(
            db,
            task.Id,
            _world.Server,
            new Completion(task.LeaseToken, false, true, code, "It said so.", ProvisioningWorld.Digest(1)),
            ProvisioningWorld.RetryDelays
        );
    }

    private async Task<DateTimeOffset?> AskedAt()
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return (await Heartbeat.Run(db, _world.Server, 0, new NewHeartbeat("1", [], 1, "{}"))).InventoryAskedAt;
    }

    /// <summary>Stands, and was applied some time ago.</summary>
    private async Task<long> Stands()
    {
        var site = await _world.Website();
        await _world.World.Execute("update placements set applied_at = now() - interval '1 hour' where subject_id = @site", new { site });
        return site;
    }

    private static InventoryItem Item(long site) => new("hosting", site, 1, WebsiteWorld.Hash);

    private Guid _run = Guid.NewGuid();

    private async Task<long[]> Say(bool last, params InventoryItem[] items)
    {
        var ahead = await Receive(Part(_run, last, items));
        if (last)
            _run = Guid.NewGuid();
        return ahead;
    }

    private static InventoryPart Part(Guid run, bool last, params InventoryItem[] items) =>
        new(
            run,
            last,
            [.. items.Select(i => i.Kind)],
            [.. items.Select(i => i.Id)],
            [.. items.Select(i => i.Revision)],
            [.. items.Select(i => i.Hash)],
            [.. items.Select(i => i.Problem)]
        );

    private async Task<long[]> Receive(InventoryPart part)
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await ReceiveInventory.Run(db, _world.Server, part);
    }

    private Task<string> Condition(long site) =>
        _world.World.Scalar<string>("select condition from placements where subject_id = @site", new { site });

    private Task<string> Text(long site) =>
        _world.World.Scalar<string>("select condition_text from placements where subject_id = @site", new { site });

    private async Task<(long Placements, long Unwell, long Orphans)> Counts()
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        var inventory = (await ServerInventory.Of(db, _world.Server))!;
        return (inventory.Placements, inventory.Unwell, inventory.Orphans);
    }
}
