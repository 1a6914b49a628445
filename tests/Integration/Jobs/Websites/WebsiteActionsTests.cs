using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Websites;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Database.Provisioning;

namespace MPanel.Tests.Integration.Jobs.Websites;

public sealed class WebsiteActionsTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Suspend_ForTwoReasons_AnswersAgainOnlyWhenBothAreTakenBack()
    {
        var site = await _world.Website();

        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse"));
        var suspended = await _world.World.Claim(_world.Server);
        await _world.Complete(suspended!);
        await WebsiteWorld.Done(_world.Actions.Resume(_world.Ann, site, "abuse"));
        var left = await _world.World.Claim(_world.Server);
        await _world.Complete(left!);
        var status = await _world.Status(site);
        await WebsiteWorld.Done(_world.Actions.Resume(_world.Ann, site, "unpaid"));
        var resumed = await _world.World.Claim(_world.Server);

        Assert.Equal(("suspended", "abuse", 3), Seen(suspended!));
        Assert.Equal(("suspended", "unpaid", 4), Seen(left!));
        Assert.Equal(("active", null, 5), Seen(resumed!));
        Assert.Equal(("suspended", "active"), (status, await _world.Status(site)));
        Assert.Equal(
            4,
            await _world.World.Scalar<int>("select count(*) from audit_entries where action in ('website.suspended', 'website.resumed')")
        );
    }

    [Theory]
    [InlineData("unpaid", "suspended_already")]
    [InlineData("anger", "validation_failed")]
    [InlineData("removal", "validation_failed")]
    [InlineData(null, "validation_failed")]
    public async Task Suspend_ThatChangesNothing_IsRefused(string? reason, string code)
    {
        var site = await _world.Website();
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "unpaid"));

        Assert.Equal(code, await WebsiteWorld.Refused(_world.Actions.Suspend(_world.Ann, site, reason)));
        Assert.Equal("not_suspended", await WebsiteWorld.Refused(_world.Actions.Resume(_world.Ann, site, "abuse")));
    }

    [Fact]
    public async Task Suspend_BeforeItStands_BringsItUpSuspended()
    {
        var site = await _world.Website(stands: false);

        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "abuse"));
        var before = await _world.Status(site);
        var asked = await _world.Work();

        Assert.Equal("pending", before);
        Assert.Equal(["apply 2"], asked);
        Assert.Equal("suspended", await _world.Status(site));
    }

    [Fact]
    public async Task Remove_AndItsGraceOver_ArchivesErasesAndFreesTheName()
    {
        var site = await _world.Website("gone.test");
        await _world.World.Execute("update servers set website_count = 1 where id = @Server", new { _world.Server });

        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, " Gone.test "));
        var early = await Erase();
        var archived = await _world.Work();
        var stillNot = await Erase();
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "gone.test"));
        var due = await Erase();
        var twice = await Erase();
        var erased = await _world.Work();

        Assert.Equal((null, null, site, null), (early?.Id, stillNot?.Id, due?.Id, twice?.Id));
        Assert.Equal(["apply 2", "remove 3"], archived.Concat(erased));
        Assert.Equal("removed", await _world.Status(site));
        Assert.Equal(
            $"{site}-2.tar.gz user mp7,directory s7 0 0",
            await _world.World.Scalar<string>(
                """
                select w.archived_as || ' ' || array_to_string(w.erased, ',') || ' ' || s.website_count || ' '
                    || (select count(*) from hostnames where website_id = w.id)
                from websites w join servers s on s.id = w.server_id where w.id = @site
                """,
                new { site }
            )
        );
        Assert.NotEqual(site, await _world.Website("gone.test"));
    }

    [Fact]
    public async Task Remove_WithoutAVerifiedArchive_ErasesNothing()
    {
        var site = await _world.Website("kept.test");
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "kept.test"));
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "kept.test"));
        var task = (await _world.World.Claim(_world.Server))!;
        await _world.World.Complete(task.Id, _world.Server, task.LeaseToken, succeeded: false, permanent: true);

        Assert.Null(await Erase());
        Assert.Equal("removing", await _world.Status(site));
        Assert.Equal(
            "broken nginx_config_invalid",
            await _world.World.Scalar<string>(
                "select condition || ' ' || condition_code from placements where subject_id = @site",
                new { site }
            )
        );
    }

    [Fact]
    public async Task Restore_WithinItsGrace_IsAsItWasBefore()
    {
        var site = await _world.Website("back.test");
        await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, "customer"));
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "back.test"));
        await _world.Work();

        await WebsiteWorld.Done(_world.Actions.Restore(_world.Ann, site));
        var restored = (await _world.World.Claim(_world.Server))!;
        await _world.Complete(restored);
        await _world.World.FollowUp(restored.Id);

        Assert.Equal(("suspended", "customer", 4), Seen(restored));
        Assert.False(WebsiteWorld.Spec(restored).Archive);
        Assert.Equal("suspended", await _world.Status(site));
        Assert.Equal(1, await _world.World.Scalar<int>("select count(*) from websites where archived_as is null and remove_after is null"));
        Assert.Equal("not_removing", await WebsiteWorld.Refused(_world.Actions.Restore(_world.Ann, site)));
    }

    [Fact]
    public async Task Remove_OfWhatNeverStood_FreesItsNameAtOnce()
    {
        var site = await _world.Website("never.test", stands: false);

        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "never.test"));

        Assert.Equal("removed", await _world.Status(site));
        Assert.Null(await _world.World.Claim(_world.Server));
        Assert.Empty(await Mend());
        Assert.Null(await Owner("never.test"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("www.mine.test")]
    [InlineData("other.test")]
    public async Task Remove_WithAnotherNameTyped_ChangesNothing(string? typed)
    {
        var site = await _world.Website("mine.test");

        Assert.Equal("validation_failed", await WebsiteWorld.Refused(_world.Actions.Remove(_world.Ann, site, typed)));
        Assert.Equal("active", await _world.Status(site));
    }

    [Fact]
    public async Task Change_OfWhatIsErased_IsRefused()
    {
        var site = await _world.Website("late.test");
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "late.test"));
        await _world.Work();
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "late.test"));
        await Erase();

        Assert.Equal("website_gone", await WebsiteWorld.Refused(_world.Actions.Restore(_world.Ann, site)));
        Assert.Equal("website_gone", await WebsiteWorld.Refused(_world.Actions.Suspend(_world.Ann, site, "unpaid")));
        Assert.Equal("website_gone", await WebsiteWorld.Refused(_world.Actions.Rebuild(_world.Ann, site)));
        Assert.Equal(
            "website_gone",
            await WebsiteWorld.Refused(_world.Names.Add(_world.Ann, site, new WantedName("x.late.test", null, null)))
        );
    }

    [Fact]
    public async Task Remove_OfAWebsiteOfTheFirstRelease_IsErasedLikeAnyOther()
    {
        var order = await _world.World.Order("old.test");
        var site = await _world.World.Website(order, _world.Server);
        await _world.Bring(site, new WebsiteErrand("system", "corr"));
        await _world.World.Execute("update provisioning_tasks set action = 'create'");
        var first = (await _world.World.Claim(_world.Server))!;
        await _world.World.Execute("update provisioning_tasks set revision = null, action = 'create'");
        await _world.World.Complete(first.Id, _world.Server, first.LeaseToken);
        await _world.World.FollowUp(first.Id);
        await _world.World.Execute("update websites set activated_at = now(), status = 'active' where id = @site", new { site });

        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "old.test"));
        await _world.Work();
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "old.test"));
        await Erase();
        await _world.Work();

        Assert.Equal("removed", await _world.Status(site));
    }

    [Fact]
    public async Task Restore_OfWhatItsServerCouldNotErase_BringsItBack()
    {
        var site = await _world.Website("harmed.test");
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "harmed.test"));
        await _world.Work();
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "harmed.test"));
        await Erase();
        var early = await WebsiteWorld.Refused(_world.Actions.Restore(_world.Ann, site));
        var removal = (await _world.World.Claim(_world.Server))!;
        await _world.World.Complete(removal.Id, _world.Server, removal.LeaseToken, succeeded: false, permanent: true);

        await WebsiteWorld.Done(_world.Actions.Restore(_world.Ann, site));

        Assert.Equal(("website_gone", "remove"), (early, removal.Action));
        Assert.Equal(["apply 5"], await _world.Work());
        Assert.Equal("active", await _world.Status(site));
    }

    [Fact]
    public async Task Change_OfWhatItsServerHasLater_WaitsForADecision()
    {
        var site = await _world.Website("ahead.test");
        await _world.World.Execute(
            "update placements set condition = 'ahead', condition_code = 'node_ahead' where subject_id = @site",
            new { site }
        );

        var refused = await WebsiteWorld.Refused(_world.Actions.Suspend(_world.Ann, site, "unpaid"));
        var named = await WebsiteWorld.Refused(_world.Names.Add(_world.Ann, site, new WantedName("x.ahead.test", null, null)));
        await WebsiteWorld.Done(_world.Actions.Overtake(_world.Ann, site));
        var again = await WebsiteWorld.Refused(_world.Actions.Overtake(_world.Ann, site));

        Assert.Equal(("node_ahead", "node_ahead", "not_ahead"), (refused, named, again));
        Assert.Equal(["apply 1001"], await _world.Work());
    }

    [Fact]
    public async Task Remove_OfWhatAServerHasJustBegun_TakesTheWholeWay()
    {
        var site = await _world.Website("begun.test", stands: false);
        await _world.World.Claim(_world.Server);

        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "begun.test"));

        Assert.Equal("removing", await _world.Status(site));
        Assert.NotNull(await Owner("begun.test"));
    }

    [Fact]
    public async Task Rebuild_OfWhatStands_AsksForTheSameOnceMore()
    {
        var site = await _world.Website();

        await WebsiteWorld.Done(_world.Actions.Rebuild(_world.Ann, site));
        await WebsiteWorld.Done(_world.Actions.Rebuild(_world.Ann, site));

        Assert.Equal(["apply 1"], await _world.Work());
    }

    private static (string State, string? Reason, long Revision) Seen(ClaimedTask task)
    {
        var spec = WebsiteWorld.Spec(task);
        return (spec.State, spec.SuspendedFor, spec.Revision);
    }

    private async Task<ErasedWebsite?> Erase()
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await EraseWebsite.Next(db, "corr");
    }

    private async Task<IReadOnlyList<BehindPlacement>> Mend()
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await BehindPlacement.Mend(db, 10, "corr");
    }

    private async Task<HostnameOwner?> Owner(string name)
    {
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        return await Hostnames.OwnerOf(db, name);
    }
}
