using MPanel.Jobs.Websites;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Jobs.Websites;

public sealed class SiteNameActionsTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Add_AnAliasAndARedirect_TellsTheNodeOfBoth()
    {
        var site = await _world.Website("main.test");

        await Add(site, "Shop.Example.ORG.");
        await Add(site, "old.example.org", "https://main.test", 308);
        var spec = WebsiteWorld.Spec((await _world.World.Claim(_world.Server))!);

        Assert.Equal(
            [
                new SiteName("main.test", SiteNameRole.Primary),
                new SiteName("old.example.org", SiteNameRole.Redirect, "https://main.test/", 308),
                new SiteName("shop.example.org", SiteNameRole.Alias),
            ],
            spec.Names
        );
        Assert.Equal(3, spec.Revision);
    }

    [Fact]
    public async Task Add_ANameOfSomebodyElse_IsRefused()
    {
        await _world.Website("theirs.test");
        var site = await _world.Website("mine.test");

        Assert.Equal("domain_taken", await Refused(site, "theirs.test"));
        Assert.Equal("domain_taken", await Refused(site, "blog.theirs.test"));
        Assert.Equal("domain_reserved", await Refused(site, "shop.reserved.test"));
        Assert.Equal("validation_failed", await Refused(site, "co.uk"));
        Assert.Equal("validation_failed", await Refused(site, "not a name"));
        Assert.Equal("name_taken", await Refused(site, "mine.test"));
    }

    [Fact]
    public async Task Add_ANameAboveSomebodyElses_IsRefused()
    {
        await _world.Website("blog.above.test");
        var site = await _world.Website("mine.test");

        Assert.Equal("domain_has_names_below", await Refused(site, "above.test"));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user@main.test/")]
    [InlineData("main.test")]
    [InlineData("https://a.main.test/x")]
    public async Task Add_ARedirectThatLeadsNowhere_IsRefused(string target) =>
        Assert.Equal("validation_failed", await Refused(await _world.Website("main.test"), "a.main.test", target));

    [Fact]
    public async Task Add_ARedirectThatClosesACircle_IsRefused()
    {
        var (site, other) = (await _world.Website("main.test"), await _world.Website("second.test"));
        await Add(site, "one.main.test", "https://two.second.test/x", 301);
        await Add(other, "two.second.test", "http://three.second.test", 302);

        Assert.Equal("validation_failed", await Refused(other, "three.second.test", "https://ONE.main.test/?a=b"));
        await Add(other, "three.second.test", "https://second.test/", 301);
    }

    [Fact]
    public async Task MakePrimary_OfAnAlias_SwapsThemAndRedirectsTheOneBefore()
    {
        var site = await _world.Website("old-name.test");
        await Add(site, "new-name.test");

        await WebsiteWorld.Done(_world.Names.MakePrimary(_world.Ann, site, "new-name.test", keep: false));
        var task = (await _world.World.Claim(_world.Server))!;

        Assert.Equal(
            [
                new SiteName("new-name.test", SiteNameRole.Primary),
                new SiteName("old-name.test", SiteNameRole.Redirect, "http://new-name.test/", 301),
            ],
            WebsiteWorld.Spec(task).Names
        );
        Assert.Equal("new-name.test", await _world.World.Scalar<string>("select domain from websites where id = @site", new { site }));
        Assert.Equal("primary_already", await WebsiteWorld.Refused(_world.Names.MakePrimary(_world.Ann, site, "new-name.test", false)));
        Assert.IsType<MPanel.Jobs.Outcomes.Outcome<ChangedWebsite>.Missing>(
            await _world.Names.MakePrimary(_world.Ann, site, "strange.test", keep: false)
        );
        Assert.IsType<MPanel.Jobs.Outcomes.Outcome<ChangedWebsite>.Missing>(await _world.Names.Remove(_world.Ann, site, "strange.test"));
        Assert.Equal("not_removable", await WebsiteWorld.Refused(_world.Names.Remove(_world.Ann, site, "new-name.test")));
    }

    [Fact]
    public async Task Remove_OfAName_LetsAnotherWebsiteHaveIt()
    {
        var (site, other) = (await _world.Website("one.test"), await _world.Website("two.test"));
        await _world.World.Execute("update websites set customer_id = (select customer_id from websites where id = @site)", new { site });
        await _world.World.Execute("update domains set customer_id = (select customer_id from websites where id = @site)", new { site });
        await Add(site, "shared.test");
        var refused = await Refused(other, "shared.test");

        await WebsiteWorld.Done(_world.Names.Remove(_world.Ann, site, "shared.test"));
        await Add(other, "shared.test");

        Assert.Equal("name_taken", refused);
    }

    [Fact]
    public async Task Add_OfOneNameByTwoAtOnce_OneHasIt()
    {
        var sites = new List<long>();
        for (var i = 0; i < 6; i++)
            sites.Add(await _world.Website());

        var outcomes = await Task.WhenAll(
            sites.Select(site => _world.Names.Add(_world.Ann, site, new WantedName("wanted.test", null, null)))
        );

        Assert.Single(outcomes, o => o is MPanel.Jobs.Outcomes.Outcome<ChangedWebsite>.Done);
        Assert.Equal(1, await _world.World.Scalar<int>("select count(*) from hostnames where name = 'wanted.test'"));
    }

    private Task<ChangedWebsite> Add(long site, string name, string? target = null, int? code = null) =>
        WebsiteWorld.Done(_world.Names.Add(_world.Ann, site, new WantedName(name, target, code)));

    private Task<string> Refused(long site, string name, string? target = null) =>
        WebsiteWorld.Refused(_world.Names.Add(_world.Ann, site, new WantedName(name, target, null)));
}
