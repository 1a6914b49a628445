using System.Text;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Nginx;

namespace MPanel.Tests.Unit.NodeAgent.Hosting;

public sealed class SiteMapsTests
{
    private static readonly AgentOptions Options = new()
    {
        SitesDirectory = "/srv/sites",
        NginxPrefix = "/srv/nginx",
        NginxAddress = "127.0.0.1",
        NginxPort = 8080,
    };

    [Fact]
    public void Render_OfASite_SaysEverythingOfIt()
    {
        var site = Site(Specs.Of(7, "example.test", "www.example.test"));

        var files = Render(site).Files;

        Assert.Equal("example.test s7;\nwww.example.test s7;\n", files["hosts.map"]);
        Assert.Equal($"s7 \"website: 7\\nrevision: 3\\nconfig: {site.Hash}\\n\";\n", files["config.map"]);
        Assert.Equal("server_name example.test www.example.test;\n", files["names-32.inc"]);
        Assert.Contains(
            "listen 127.0.0.1:8080;\ninclude @gen@/names-32.inc;\nclient_max_body_size 32m;",
            files["vhosts.inc"],
            StringComparison.Ordinal
        );
        Assert.Contains("root /srv/sites/$mp_site/public;", files["site.inc"], StringComparison.Ordinal);
        Assert.Contains("disable_symlinks if_not_owner from=/srv/sites/$mp_site;", files["site.inc"], StringComparison.Ordinal);
        Assert.Equal("", files["state.map"]);
    }

    [Fact]
    public void Render_OfASuspendedSiteWithRedirects_ListsThemByReasonAndStatus()
    {
        var site = Site(
            Specs.Of(7, "example.test") with
            {
                State = SiteState.Suspended,
                SuspendedFor = SuspensionReason.Unpaid,
                Names =
                [
                    new SiteName("example.test", "primary"),
                    new SiteName("old.test", "redirect", "https://example.test", 301),
                    new SiteName("new.test", "redirect", "https://example.test/a?b=$c", 308),
                ],
            }
        );

        var files = Render(site).Files;

        Assert.Equal("s7 unpaid;\n", files["state.map"]);
        Assert.Equal("old.test \"https://example.test$request_uri\";\n", files["r301.map"]);
        Assert.Equal("new.test \"https://example.test/a?b=%24c\";\n", files["r308.map"]);
        Assert.Equal("", files["r302.map"]);
    }

    [Fact]
    public void Render_OfTheSameLedger_IsTheSameAndOfAnyOtherIsNot()
    {
        var spec = Specs.Of(7, "example.test");
        HostingSpec[] others =
        [
            spec with
            {
                Revision = 4,
            },
            spec with
            {
                WebsiteId = 8,
            },
            Specs.Of(7, "other.test"),
            spec with
            {
                Limits = spec.Limits with { UploadMb = 5 },
            },
        ];

        Assert.Equal(Render(Site(spec)).Digest, Render(Site(spec with { })).Digest);
        Assert.Equal(5, others.Append(spec).Select(s => Render(Site(s)).Digest).Distinct().Count());
    }

    [Fact]
    public void Render_OfALedgerInWhichAPersonGaveANameTwice_ListsItOnce() =>
        Assert.Equal(
            "a.test s7;\nb.test s8;\n",
            Render(Site(Specs.Of(7, "a.test")), Site(Specs.Of(8, "b.test", "a.test"))).Files["hosts.map"]
        );

    [Fact]
    public void SuspendedPages_AsValuesOfNginx_AreShortEnoughAndLiteral()
    {
        var lines = SuspendedPages.Map.Split(";\n").Where(l => l.EndsWith('"')).ToArray();

        Assert.Equal(SuspensionReason.All.Count, lines.Length);
        Assert.All(lines, l => Assert.InRange(Encoding.UTF8.GetByteCount(l), 500, 4000));
        Assert.DoesNotContain('$', SuspendedPages.Map);
        Assert.DoesNotContain('\\', SuspendedPages.Map);
        Assert.DoesNotContain("http", SuspendedPages.Map, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfADomain_EscapesIt()
    {
        var page = PlaceholderPage.For("<script>&\"'");

        Assert.Contains("<h1>&lt;script&gt;&amp;&quot;&#39;</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_OfAPlanInTheSettings_WinOverTheBuiltInOnes()
    {
        var plans = new PlanLimits(
            Options with
            {
                Plans = new() { ["starter"] = new PlanOptions(5), ["own"] = new PlanOptions(6) },
            }
        );

        Assert.Equal(new LimitsOfPlan(new PlanOptions(5), true), plans.Of("starter"));
        Assert.Equal(new LimitsOfPlan(new PlanOptions(6), true), plans.Of("own"));
        Assert.Equal(new LimitsOfPlan(new PlanOptions(128), true), plans.Of("business"));
        Assert.Equal(new LimitsOfPlan(new PlanOptions(64), false), plans.Of("nobody-knows"));
    }

    private static LedgerEntry Site(HostingSpec spec)
    {
        var site = HostedSite.Of(spec, Options);
        return new LedgerEntry(site.Spec, site.Hash);
    }

    private static NginxGeneration Render(params LedgerEntry[] ledger) =>
        new SiteMaps(Options, new NginxLayout(Options)).Render(ledger, []);
}

internal static class Specs
{
    public static HostingSpec Of(long id, string primary, params string[] aliases) =>
        new(
            id,
            3,
            new Guid("6f1f7f0e-0000-4000-8000-000000000001"),
            SiteState.Active,
            null,
            [new SiteName(primary, SiteNameRole.Primary), .. aliases.Select(a => new SiteName(a, SiteNameRole.Alias))],
            new SiteLimits(5000, 200_000, 32, 0, 0, 100, 0),
            null,
            new SiteTls("off"),
            [],
            [],
            "static"
        );
}
