using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Websites;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Websites;

/// <summary>A panel that was restored from a backup, and a server that has had later revisions.</summary>
public sealed class SiteAheadActionsTests : IAsyncLifetime
{
    private const string Hash = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private WebsiteWorld _world = null!;
    private SiteAheadActions _ahead = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await WebsiteWorld.Create();
        _ahead = new SiteAheadActions(
            _world.World.DataSource,
            OrderDesk.Suffixes,
            new ReservedDomains(
                Options.Create(new OrderOptions { ReservedDomains = ["reserved.test"] }),
                Options.Create(new SellerOptions())
            ),
            new TaskAnnouncements(NullLogger<TaskAnnouncements>.Instance),
            Options.Create(new WebsiteOptions())
        );
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Adopt_OfWhatItsServerHas_IsTheRevisionAfterIt()
    {
        var site = await _world.Website("one.test");
        await Says(
            site,
            spec =>
                spec with
                {
                    State = "suspended",
                    SuspendedFor = "unpaid",
                    Limits = spec.Limits with { DiskMb = 7 },
                    Names =
                    [
                        new SiteName("www.one.test", "primary"),
                        new SiteName("one.test", "redirect", "http://www.one.test/", 301),
                        new SiteName("shop.one.test", "alias"),
                    ],
                }
        );

        var changed = await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, site, Hash));

        var task = (await _world.World.Claim(_world.Server))!;
        var told = WebsiteWorld.Spec(task);
        Assert.Equal((10, "suspended", "unpaid", 5000), (told.Revision, told.State, told.SuspendedFor, told.Limits.DiskMb));
        Assert.Equal(
            ["www.one.test primary ", "one.test redirect http://www.one.test/", "shop.one.test alias "],
            told.Names.Select(n => $"{n.Name} {n.Role} {n.Target}")
        );
        Assert.Equal(
            "www.one.test suspended",
            await _world.World.Scalar<string>("select domain || ' ' || status from websites where id = @site", new { site })
        );
        Assert.Contains("as revision 10. Its limits stay those of its plan.", changed.Text, StringComparison.Ordinal);
        Assert.Equal(
            """active ["one.test"] suspended ["www.one.test", "shop.one.test", "one.test"]""",
            await _world.World.Scalar<string>(
                """
                select (before ->> 'status') || ' ' || jsonb_path_query_array(before, '$.names[*].name') || ' '
                    || (after ->> 'status') || ' ' || jsonb_path_query_array(after, '$.names[*].name')
                from audit_entries where action = 'website.adopted'
                """
            )
        );
        Assert.Equal(0, await _world.World.Scalar<int>("select count(*)::int from kept_specs"));
    }

    [Fact]
    public async Task Adopt_OfTheSameButForItsRevision_StillGoesBeyondIt()
    {
        var site = await _world.Website();
        await Says(site, spec => spec);

        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, site, Hash));

        Assert.Equal(["apply 10"], await _world.Work());
    }

    [Fact]
    public async Task Overtake_OfWhatItsServerHasSaid_IsTheRevisionAfterIt()
    {
        var site = await _world.Website();
        await Says(site, spec => spec with { State = "suspended", SuspendedFor = "abuse" });

        await WebsiteWorld.Done(_world.Actions.Overtake(_world.Ann, site));

        Assert.Equal(["apply 10"], await _world.Work());
        Assert.Equal("active", await _world.Status(site));
    }

    [Fact]
    public async Task Adopt_OfARemoval_BeginsItsGraceAnew_AndOfALifeEndsIt()
    {
        var (going, coming) = (await _world.Website(), await _world.Website("coming.test"));
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, coming, "coming.test"));
        await Says(going, spec => spec with { State = "suspended", SuspendedFor = "removal", Archive = true });
        await Says(coming, spec => spec with { State = "active", SuspendedFor = null, Archive = false });

        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, going, Hash));
        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, coming, Hash));

        Assert.Equal(("removing", "active"), (await _world.Status(going), await _world.Status(coming)));
        Assert.True(
            await _world.World.Scalar<bool>("select remove_after > now() + interval '1 day' from websites where id = @going", new { going })
        );
    }

    [Theory]
    [InlineData(false, "active")]
    [InlineData(true, "removing")]
    public async Task Adopt_OfWhatThisPanelWasToErase_KeepsIt(bool archive, string status)
    {
        var site = await ToErase();
        await Says(
            site,
            spec => spec with { State = archive ? "suspended" : "active", SuspendedFor = archive ? "removal" : null, Archive = archive }
        );

        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, site, Hash));

        Assert.Equal(status, await _world.Status(site));
        Assert.Equal(["apply 10"], await _world.Work());
    }

    [Fact]
    public async Task Overtake_OfWhatThisPanelIsToErase_ErasesIt()
    {
        var site = await ToErase();
        await Says(site, spec => spec);

        await WebsiteWorld.Done(_world.Actions.Overtake(_world.Ann, site));

        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        Assert.Single(await BehindPlacement.Mend(db, 10, "corr"));
        Assert.Equal(["remove 10"], await _world.Work());
        Assert.Equal("removed", await _world.Status(site));
    }

    private async Task<long> ToErase()
    {
        var site = await _world.Website("gone.test");
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, site, "gone.test"));
        await _world.Work();
        await WebsiteWorld.Done(_world.Actions.EndGrace(_world.Ann, site, "gone.test"));
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        Assert.NotNull(await EraseWebsite.Next(db, "corr"));
        var removal = (await _world.World.Claim(_world.Server))!;
        await _world.World.Complete(removal.Id, _world.Server, removal.LeaseToken, succeeded: false, permanent: true);
        return site;
    }

    [Fact]
    public async Task Adopt_KeepsTheReasonsThatItsServerCannotKnow()
    {
        var site = await _world.Website();
        foreach (var reason in new[] { "customer", "abuse" })
            await WebsiteWorld.Done(_world.Actions.Suspend(_world.Ann, site, reason));
        await Says(site, spec => spec with { SuspendedFor = "unpaid" });

        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, site, Hash));

        // Abuse would have been told first: on the server it does not hold.
        Assert.Equal(
            "unpaid,customer",
            await _world.World.Scalar<string>("select array_to_string(suspended_for, ',') from websites where id = @site", new { site })
        );
    }

    [Fact]
    public async Task Adopt_OfSomebodyElsesName_ChangesNothing()
    {
        var (site, other) = (await _world.Website("mine.test"), await _world.Website("other.test"));
        await WebsiteWorld.Done(_world.Names.Add(_world.Ann, other, new WantedName("theirs.test", null, null)));
        await _world.World.Execute(
            "update domains set customer_id = (select customer_id from websites where id = @site) where name = 'theirs.test'",
            new { site }
        );
        await _world.Work();
        var before = await Everything();

        foreach (
            var (name, code) in new[]
            {
                ("other.test", "domain_taken"),
                ("theirs.test", "name_taken"),
                ("a.reserved.test", "domain_reserved"),
            }
        )
        {
            await Says(site, spec => spec with { Names = [.. spec.Names, new SiteName(name, "alias")] });
            Assert.Equal(code, await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, Hash)));
        }

        Assert.Equal(before, await Everything());
    }

    [Fact]
    public async Task Adopt_OfWhatThisPanelCannotKeep_ChangesNothing()
    {
        var site = await _world.Website("odd.test");
        var before = await Everything();
        (string Code, Func<HostingSpec, HostingSpec> Change)[] odd =
        [
            ("other_installation", s => s with { Epoch = Guid.NewGuid() }),
            ("unknown_settings", s => s with { Php = new SitePhp("8.2", []) }),
            ("unknown_settings", s => s with { Tls = new SiteTls("acme") }),
            ("unknown_settings", s => s with { Cron = [new SiteCron("* * * * *", "true")] }),
            ("unknown_settings", s => s with { State = "suspended", SuspendedFor = "mood" }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("Upper.test", "alias")] }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("x.test; }", "alias")] }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("co.uk", "alias")] }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("r.test", "redirect", "javascript:alert(1)", 301)] }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("r.test", "redirect", "http://x.test/$host", 301)] }),
            ("name_unfit", s => s with { Names = [.. s.Names, new SiteName("r.test", "wildcard")] }),
            (
                "name_unfit",
                s => s with { Names = [.. s.Names, .. Enumerable.Range(0, 100).Select(n => new SiteName($"n{n}.odd.test", "alias"))] }
            ),
        ];

        foreach (var (code, change) in odd)
        {
            await Says(site, change);
            Assert.Equal(code, await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, Hash)));
        }

        Assert.Equal(before, await Everything());
    }

    [Fact]
    public async Task Adopt_OfWhatNobodySaw_IsRefused()
    {
        var site = await _world.Website();
        var notAhead = await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, Hash));
        await Ahead(site);
        var notSaid = await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, Hash));
        var compared = await WebsiteWorld.Done(_ahead.Compare(site));
        await Says(site, spec => spec);
        var other = await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, WebsiteWorld.Hash));
        var none = await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, " "));

        await WebsiteWorld.Done(_ahead.Adopt(_world.Ann, site, Hash));
        var again = await WebsiteWorld.Refused(_ahead.Adopt(_world.Ann, site, Hash));

        Assert.Equal(("not_ahead", "not_said", "kept_changed", "validation_failed", "not_ahead"), (notAhead, notSaid, other, none, again));
        Assert.Equal((null, "not_said"), (compared.Kept, compared.Hinders?.Code));
    }

    private Task Ahead(long site) =>
        _world.World.Execute(
            "update placements set condition = 'ahead', condition_code = 'node_ahead', condition_text = 'Later.' where subject_id = @site",
            new { site }
        );

    /// <summary>Its server has revision 9, which is what this panel has but for a change.</summary>
    private async Task Says(long site, Func<HostingSpec, HostingSpec> change)
    {
        await Ahead(site);
        await using var db = await _world.World.DataSource.OpenConnectionAsync();
        var panel = JsonSerializer.Deserialize<HostingSpec>((await KeptSpec.Wanted(db, site))!, JsonSerializerOptions.Web)!;
        var spec = JsonSerializer.Serialize(change(panel with { Revision = 9 }), JsonSerializerOptions.Web);
        Assert.Equal(1, await KeptSpec.Receive(db, _world.Server, new SaidSpecs([site], [9], [Hash], [spec])));
    }

    private Task<string> Everything() =>
        _world.World.Scalar<string>(
            """
            select (select string_agg(h::text, ' ' order by name) from hostnames h)
                || (select string_agg(concat(id, domain, status, suspended_for), ' ' order by id) from websites)
                || (select string_agg(concat(id, revision, spec), ' ' order by id) from placements)
                || (select string_agg(name || customer_id, ' ' order by name) from domains)
            """
        );
}
