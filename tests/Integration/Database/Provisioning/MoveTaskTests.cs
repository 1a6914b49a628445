using MPanel.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class MoveTaskTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;
    private long _from;
    private long _to;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
        await _world.WithoutSeededServers();
        _from = await _world.Server("from", count: 1, capacity: 5);
        _to = await _world.Server("to", capacity: 5);
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Move_OfAWaitingTask_TakesItsWebsiteAndEverythingThatFollowsAlong()
    {
        var (order, website) = await Site();
        var hosting = await _world.Task(order, _from, websiteId: website);
        var failed = await _world.Task(order, _from, websiteId: website);
        await Set(failed, "failed");
        var cancelled = await _world.Task(order, _from, websiteId: website);
        await Set(cancelled, "cancelled");
        var backup = await _world.Task(order, _from, "backup", dependsOn: hosting);
        var elsewhere = await _world.HostingTask(_from);

        var move = await Move(hosting, "to");

        Assert.Equal((null, "from"), (move.Refusal, move.From));
        Assert.Equal([hosting, failed, cancelled, backup], move.Tasks);
        foreach (var task in move.Tasks)
            Assert.Equal(_to, await ServerOf(task));
        Assert.Equal(_from, await ServerOf(elsewhere));
        Assert.Equal(_to, await WebsiteServer(website));
        Assert.Equal((0, 1), await Counts());
        Assert.Equal("failed", await _world.Status(failed));
        Assert.Equal(4, (await _world.Timeline(order.Id)).Count(l => l.EndsWith(" waiting", StringComparison.Ordinal)));
        Assert.Equal(hosting, (await _world.Claim(_to))!.Id);
    }

    [Fact]
    public async Task Move_OfTheSameTaskAgain_ChangesNothing()
    {
        var (order, website) = await Site();
        var hosting = await _world.Task(order, _from, websiteId: website);
        await Move(hosting, "to");

        var again = await Move(hosting, "to");

        Assert.Null(again.Refusal);
        Assert.Empty(again.Tasks);
        Assert.Equal((0, 1), await Counts());
        Assert.Single(await _world.Timeline(order.Id));
    }

    [Fact]
    public async Task Move_OfATaskWithoutAServer_TakesTheRoomOfItsWebsite()
    {
        var order = await _world.Order();
        var website = await _world.Website(order, null);
        var hosting = await _world.Task(order, null, websiteId: website);

        var move = await Move(hosting, "to");

        Assert.Equal([hosting], move.Tasks);
        Assert.Null(move.From);
        Assert.Equal(_to, await WebsiteServer(website));
        Assert.Equal((1, 1), await Counts());
    }

    [Theory]
    [InlineData("active")]
    [InlineData("suspended")]
    public async Task Move_OfWhatBelongsToALiveSite_IsRefusedUnlessItGoesThere(string status)
    {
        var (order, website) = await Site(status);
        var backup = await _world.Task(order, _from, "backup", websiteId: website);
        var astray = await _world.Task(order, null, websiteId: website);

        Assert.Equal("website_live", (await Move(backup, "to")).Refusal);
        Assert.Equal("website_live", (await Move(astray, "to")).Refusal);
        Assert.Null((await Move(astray, "from")).Refusal);
        Assert.Equal((_from, _from), (await ServerOf(backup), await ServerOf(astray)));
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task Move_WhileAnotherTaskOfTheWebsiteRuns_IsRefused()
    {
        var (order, website) = await Site();
        await _world.Task(order, _from, websiteId: website);
        var second = await _world.Task(order, _from, websiteId: website);
        await _world.Claim(_from);

        Assert.Equal("website_busy", (await Move(second, "to")).Refusal);
        Assert.Equal((_from, _from), (await ServerOf(second), await WebsiteServer(website)));
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task Move_WhileSomebodyHoldsASibling_IsRefusedInsteadOfSplittingTheWebsite()
    {
        var (order, website) = await Site();
        var first = await _world.Task(order, _from, websiteId: website);
        var second = await _world.Task(order, _from, websiteId: website);
        await using var other = await _world.DataSource.OpenConnectionAsync();
        await using var holding = await other.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(
            other,
            "select id from provisioning_tasks where id = @second for update",
            new { second },
            holding
        );

        Assert.Equal("busy", (await Move(first, "to")).Refusal);
        await holding.RollbackAsync();
        Assert.Null((await Move(first, "to")).Refusal);
    }

    [Theory]
    [InlineData("in_progress")]
    [InlineData("success")]
    [InlineData("cancelled")]
    public async Task Move_OfATaskThatNeitherWaitsNorFailed_IsRefused(string status)
    {
        var (order, website) = await Site();
        var task = await _world.Task(order, _from, websiteId: website);
        await Set(task, status);

        Assert.Equal("not_movable", (await Move(task, "to")).Refusal);
    }

    [Fact]
    public async Task Move_ToAServerThatDoesNotFit_IsRefused()
    {
        await _world.Server("mail-only", role: "mail");
        await _world.Server("draining", state: "draining");
        await _world.Server("full", capacity: 1, count: 1);
        await _world.Server("ssd", tags: ["ssd"], capacity: 0);
        var (order, website) = await Site();
        var task = await _world.Task(order, _from, websiteId: website, tags: ["ssd"]);
        var (untagged, other) = await Site();
        var plain = await _world.Task(untagged, _from, websiteId: other);

        Assert.Equal("unknown_server", (await Move(task, "nowhere")).Refusal);
        Assert.Equal("server_unfit", (await Move(task, "to")).Refusal);
        Assert.Equal("server_unfit", (await Move(plain, "mail-only")).Refusal);
        Assert.Equal("server_unfit", (await Move(plain, "draining")).Refusal);
        Assert.Equal("server_full", (await Move(plain, "full")).Refusal);
        Assert.Equal("server_full", (await Move(task, "ssd")).Refusal);
        Assert.Equal("not_found", (await Move(long.MaxValue, "to")).Refusal);
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task Move_ForADomainWithoutAWebsite_IsRefusedOnceSomethingStands()
    {
        await _world.Server("mail-a", role: "mail");
        var b = await _world.Server("mail-b", role: "mail");
        var order = await _world.Order();
        var first = await _world.Task(order, null, "mail", serverRole: "mail");
        var second = await _world.Task(order, null, "mail", serverRole: "mail");

        Assert.Equal([first, second], (await Move(first, "mail-b")).Tasks);
        await Set(first, "success");
        Assert.Equal("website_live", (await Move(second, "mail-a")).Refusal);
        Assert.Equal(b, await ServerOf(second));
    }

    [Fact]
    public async Task Move_ToTheLastRoomByTwoAtOnce_GivesItToOne()
    {
        await _world.Server("last", capacity: 1);
        await _world.Execute("update servers set website_count = 2 where name = 'from'");
        var (one, siteOne) = await Site();
        var (two, siteTwo) = await Site();
        var first = await _world.Task(one, _from, websiteId: siteOne);
        var second = await _world.Task(two, _from, websiteId: siteTwo);

        var moves = await Task.WhenAll(Move(first, "last"), Move(second, "last"));

        Assert.Equal([null, "server_full"], moves.Select(m => m.Refusal).Order());
        Assert.Equal(1, await _world.Scalar<int>("select website_count from servers where name = 'last'"));
        Assert.Equal(1, await _world.Scalar<int>("select website_count from servers where name = 'from'"));
    }

    [Fact]
    public async Task Targets_AreTheServersThatAMoveWouldAccept()
    {
        await _world.Server("mail-only", role: "mail");
        await _world.Server("full", capacity: 1, count: 1);
        var (order, website) = await Site();
        var task = await _world.Task(order, _from, websiteId: website);

        Assert.Equal(["to"], await Targets(task));
        await _world.Execute("update websites set status = 'active'");
        Assert.Empty(await Targets(task));
        await Set(task, "success");
        Assert.Empty(await Targets(task));
    }

    private async Task<(PaidOrder Order, long Website)> Site(string status = "pending")
    {
        var order = await _world.Order();
        return (order, await _world.Website(order, _from, status: status));
    }

    private async Task<TaskMove> Move(long task, string server)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var move = await MoveTask.Run(transaction, task, server, "somebody", "corr");
        if (move.Refusal is null)
            await transaction.CommitAsync();
        return move;
    }

    private async Task<IEnumerable<string>> Targets(long task)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return (await MoveTarget.Of(db, task)).Select(t => t.Name);
    }

    private Task Set(long task, string status) =>
        _world.Execute(
            """
            update provisioning_tasks
            set status = @status, finished_at = case when @status in ('success', 'failed', 'cancelled') then now() end,
                lease_token = case @status when 'in_progress' then gen_random_uuid() end,
                lease_expires_at = case @status when 'in_progress' then now() end
            where id = @task
            """,
            new { task, status }
        );

    private Task<long> ServerOf(long task) =>
        _world.Scalar<long>("select coalesce(server_id, 0) from provisioning_tasks where id = @task", new { task });

    private Task<long> WebsiteServer(long website) =>
        _world.Scalar<long>("select coalesce(server_id, 0) from websites where id = @website", new { website });

    /// <summary>Of the servers from and to.</summary>
    private async Task<(int From, int To)> Counts() =>
        (
            await _world.Scalar<int>("select website_count from servers where id = @_from", new { _from }),
            await _world.Scalar<int>("select website_count from servers where id = @_to", new { _to })
        );
}
