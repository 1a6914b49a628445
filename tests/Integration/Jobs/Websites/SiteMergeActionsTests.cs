using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Websites;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Websites;

public sealed class SiteMergeActionsTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;
    private SiteMergeActions _merging = null!;

    private ProvisioningWorld World => _world.World;

    public async ValueTask InitializeAsync()
    {
        _world = await WebsiteWorld.Create();
        _merging = new SiteMergeActions(
            World.DataSource,
            OrderDesk.Suffixes,
            new TaskAnnouncements(NullLogger<TaskAnnouncements>.Instance),
            Options.Create(new WebsiteOptions())
        );
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Merge_OfAPair_MovesTheNamesAtOnceAndArchivesTheOther()
    {
        var (apex, www) = await Pair("pair.test");
        await World.Execute(
            "insert into hostnames (name, website_id, role, target, code) values ('old.pair.test', @www, 'redirect', 'http://www.pair.test/', 301)",
            new { www }
        );
        await World.Execute("update websites set plan = 'business' where id = @www", new { www });

        var preview = await WebsiteWorld.Done(_merging.Preview(www));
        await WebsiteWorld.Done(_merging.Merge(_world.Ann, apex));
        var first = (await World.Claim(_world.Server))!;
        await _world.Complete(first);
        await World.FollowUp(first.Id);
        var second = (await World.Claim(_world.Server))!;

        Assert.Equal(
            (apex, "pair.test", www, "www.pair.test", "www.pair.test,old.pair.test"),
            (preview.KeptId, preview.Kept, preview.MergedId, preview.Merged, string.Join(',', preview.MovedNames))
        );
        // Who gives the names up comes first: names stand once on a node.
        Assert.Equal(
            (www, "suspended", true, $"merged-{www}.invalid"),
            (
                WebsiteWorld.Spec(first).WebsiteId,
                WebsiteWorld.Spec(first).State,
                WebsiteWorld.Spec(first).Archive,
                string.Join(',', WebsiteWorld.Spec(first).Names.Select(n => n.Name))
            )
        );
        Assert.Equal(
            (apex, "active", "pair.test primary,old.pair.test redirect,www.pair.test alias", 25000L),
            (
                WebsiteWorld.Spec(second).WebsiteId,
                WebsiteWorld.Spec(second).State,
                string.Join(',', WebsiteWorld.Spec(second).Names.Select(n => $"{n.Name} {n.Role}")),
                WebsiteWorld.Spec(second).Limits.DiskMb
            )
        );
        Assert.Equal(
            $"removing {www}-2.tar.gz",
            await World.Scalar<string>("select status || ' ' || archived_as from websites where id = @www", new { www })
        );
        Assert.Equal(
            2,
            await World.Scalar<int>(
                "select count(*) from timeline where subject_kind = 'website' and message like 'www.pair.test is a name of%'"
            )
        );
        Assert.Equal(1, await World.Scalar<int>("select count(*) from audit_entries where action = 'website.names_merged'"));
    }

    [Fact]
    public async Task Merge_OfAPair_MovesTheSubscriptionsToo()
    {
        var (apex, www) = await Pair("sub.test");
        var task = await World.Task(await World.Order(), _world.Server, "backup");
        await World.Execute("update subscriptions set website_id = @www", new { www, task });

        await WebsiteWorld.Done(_merging.Merge(_world.Ann, www));

        Assert.Equal([$"{apex}"], await World.Strings("select website_id::text from subscriptions"));
    }

    [Fact]
    public async Task Merge_Twice_IsDoneOnce()
    {
        var (apex, _) = await Pair("twice.test");

        var both = await Task.WhenAll(_merging.Merge(_world.Ann, apex), _merging.Merge(_world.Ann, apex));

        Assert.Single(both.OfType<Outcome<ChangedWebsite>.Done>());
        Assert.Equal("no_overlap", Assert.Single(both.OfType<Outcome<ChangedWebsite>.Refused>()).Why.Code);
    }

    [Fact]
    public async Task Merge_OfTwoCustomersWebsites_IsRefused()
    {
        var apex = await _world.Website("mine.test");
        var www = await _world.Website("www.mine.test");

        Assert.Equal("no_overlap", await WebsiteWorld.Refused(_merging.Merge(_world.Ann, apex)));
        Assert.Equal("no_overlap", await WebsiteWorld.Refused(_merging.Preview(www)));
    }

    [Fact]
    public async Task Merge_WithASuspendedOne_IsRefused()
    {
        var (apex, www) = await Pair("unpaid.test");
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, www, "abuse"));

        Assert.Equal("website_not_active", await WebsiteWorld.Refused(_merging.Merge(_world.Ann, apex)));
        Assert.Equal("suspended", await _world.Status(www));
    }

    [Fact]
    public async Task Restore_OfTheMergedOne_HasItsFilesUnderANameOfItsOwn()
    {
        var (apex, www) = await Pair("back.test");
        await WebsiteWorld.Done(_merging.Merge(_world.Ann, apex));
        await _world.Work();

        await WebsiteWorld.Done(_world.Actions.Restore(_world.Ann, www));
        var asked = await _world.Work();

        Assert.Equal(["apply 3"], asked);
        Assert.Equal("active", await _world.Status(www));
        Assert.Equal([$"merged-{www}.invalid"], await World.Strings("select name from hostnames where website_id = @www", new { www }));
    }

    /// <summary>As the first release made them: two websites of one customer.</summary>
    private async Task<(long Apex, long Www)> Pair(string domain)
    {
        var apex = await _world.Website(domain);
        var www = await _world.Website($"www.{domain}");
        await World.Execute(
            "update websites set customer_id = (select customer_id from websites where id = @apex) where id = @www",
            new { apex, www }
        );
        return (apex, www);
    }
}
