using MPanel.NodeAgent;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Nginx;

namespace MPanel.Tests.Unit.NodeAgent.Hosting;

public sealed class VhostTextTests
{
    private static readonly AgentOptions Options = new()
    {
        SitesDirectory = "/srv/sites",
        NginxPrefix = "/srv/nginx",
        NginxAddress = "127.0.0.1",
        NginxPort = 8080,
    };
    private static readonly HostedSite Site = new(7, "example.test", ["www.example.test"], "starter", "mp7", 2_010_000_007);

    [Fact]
    public void For_ASite_SaysEverythingOfIt()
    {
        var vhost = For(Site);

        Assert.StartsWith("# MPanel website 7\n", vhost.Text, StringComparison.Ordinal);
        Assert.Contains("listen 127.0.0.1:8080;", vhost.Text, StringComparison.Ordinal);
        Assert.Contains("server_name example.test www.example.test;", vhost.Text, StringComparison.Ordinal);
        Assert.Contains("root /srv/sites/example.test/public;", vhost.Text, StringComparison.Ordinal);
        Assert.Contains("client_max_body_size 32m;", vhost.Text, StringComparison.Ordinal);
        Assert.Contains("disable_symlinks if_not_owner from=$document_root;", vhost.Text, StringComparison.Ordinal);
        Assert.Contains($"website: 7\\nplan: starter\\nconfig: {vhost.Hash}\\n", vhost.Text, StringComparison.Ordinal);
        Assert.Equal(16, vhost.Hash.Length);
    }

    [Fact]
    public void For_TheSameSite_IsTheSameText() => Assert.Equal(For(Site), For(Site with { }));

    [Fact]
    public void For_AnyOtherSite_HasAnotherHash()
    {
        HostedSite[] others =
        [
            Site with
            {
                Plan = "business",
            },
            Site with
            {
                WebsiteId = 8,
            },
            Site with
            {
                Aliases = [],
            },
            Site with
            {
                Domain = "other.test",
            },
        ];

        Assert.Equal(5, others.Append(Site).Select(s => For(s).Hash).Distinct().Count());
    }

    [Theory]
    [InlineData("# MPanel website 7\nserver {", 7L)]
    [InlineData("# MPanel website x\n", null)]
    [InlineData("server {\n# MPanel website 7\n", null)]
    [InlineData("", null)]
    public void WebsiteOf_AFile_IsInItsFirstLine(string text, long? website) => Assert.Equal(website, VhostText.WebsiteOf(text));

    [Fact]
    public void Conflicts_InNginxsWords_AreThoseOfThisSite()
    {
        const string Said =
            "nginx: [warn] conflicting server name \"www.example.test\" on 0.0.0.0:80, ignored\n"
            + "nginx: [warn] conflicting server name \"foreign.test\" on 0.0.0.0:80, ignored\n"
            + "nginx: configuration file /etc/nginx/nginx.conf test is successful\n";

        Assert.Equal(["www.example.test"], VhostText.Conflicts(Said, Site));
        Assert.Empty(VhostText.Conflicts(Said, Site with { Aliases = [] }));
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

    private static Vhost For(HostedSite site) =>
        VhostText.For(site, new PlanLimits(Options).Of(site.Plan).Limits, Options, new NginxLayout(Options));
}
