using MPanel.NodeAgent;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Hosting;

namespace MPanel.Tests.Unit.NodeAgent.Hosting;

public sealed class SpecCheckTests
{
    private static readonly HostingSpec Good = Specs.Of(7, "a.test", "www.a.test");

    [Fact]
    public void Objection_ToWhatThisAgentServes_IsNone()
    {
        Assert.Null(Code(Good));
        Assert.Null(Code(Good with { State = "suspended", SuspendedFor = "abuse", Archive = true }));
        Assert.Null(Code(Names(("old.test", "redirect", "https://a.test", 301), ("older.test", "redirect", "http://old.test/x", 302))));
    }

    [Fact]
    public void Objection_ToWhatThisAgentCantDo_NamesIt()
    {
        (HostingSpec Spec, string What)[] specs =
        [
            (Good with { Php = new SitePhp("8.2", []) }, "PHP"),
            (Good with { Tls = new SiteTls("acme") }, "TLS mode 'acme'"),
            (Good with { Tls = new SiteTls("off", Hsts: true) }, "forced https"),
            (Good with { Sftp = [new SiteKey("x")] }, "SFTP keys"),
            (Good with { Cron = [new SiteCron("* * * * *", "x")] }, "scheduled commands"),
            (Good with { Serve = "php" }, "serving 'php'"),
            (Good with { State = "parked" }, "the state 'parked'"),
            (Good with { State = "suspended", SuspendedFor = "whim" }, "the suspension reason 'whim'"),
            (Names(("b.test", "wildcard", null, null)), "the role 'wildcard'"),
        ];

        foreach (var (spec, what) in specs)
        {
            var failure = SpecCheck.Objection(spec, new AgentOptions());
            Assert.Equal(("spec_not_supported", true), (failure?.Code, failure!.Permanent));
            Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Objection_ToWhatMakesNoSense_IsForGood()
    {
        HostingSpec[] specs =
        [
            Good with
            {
                WebsiteId = 0,
            },
            Good with
            {
                WebsiteId = long.MaxValue,
            },
            Good with
            {
                Revision = -1,
            },
            Good with
            {
                Names = [],
            },
            Good with
            {
                Names = [null!],
            },
            Names(("b.test", "primary", null, null)),
            Names(("www.a.test", "alias", null, null)),
            Names(("b_.test", "alias", null, null)),
            Names((".b.test", "alias", null, null)),
            Names(("*.b.test", "alias", null, null)),
            Names(("~b.test", "alias", null, null)),
            Names(("b.test", "alias", "https://a.test", 301)),
            Names(("b.test", "redirect", null, 301)),
            Names(("b.test", "redirect", "https://a.test", null)),
            Names(("b.test", "redirect", "https://a.test", 307)),
            Names(("b.test", "redirect", "https://b.test/x", 301)),
            Names(("b.test", "redirect", "https://B.TEST./x", 301)),
            Names(("b.test", "redirect", "https://c.test", 301), ("c.test", "redirect", "https://b.test", 301)),
            Good with
            {
                Names = [.. Good.Names, .. Enumerable.Range(0, 100).Select(i => new SiteName($"n{i}.test", "alias"))],
            },
            Good with
            {
                Limits = Good.Limits with { UploadMb = 0 },
            },
            Good with
            {
                Limits = Good.Limits with { UploadMb = 10241 },
            },
            Good with
            {
                Limits = Good.Limits with { DiskMb = -1 },
            },
            Good with
            {
                State = "suspended",
            },
            Good with
            {
                SuspendedFor = "abuse",
            },
            Good with
            {
                Archive = true,
            },
        ];

        Assert.All(specs, s => Assert.Equal("payload_invalid", Code(s)));
    }

    [Theory]
    [InlineData("https://a.test", "https://a.test$request_uri")]
    [InlineData("https://A.test:8443", "https://a.test:8443$request_uri")]
    [InlineData("https://a.test/", "https://a.test/")]
    [InlineData("https://a.test?x=1", "https://a.test/?x=1")]
    [InlineData("https://a.test/;return%20200", "https://a.test/;return%20200")]
    [InlineData("https://a.test/$request_uri", "https://a.test/%24request_uri")]
    [InlineData("https://a.test/{a}\"b", "https://a.test/%7Ba%7D%22b")]
    [InlineData("https://münchen.test/ü", "https://xn--mnchen-3ya.test/%C3%BC")]
    public void Target_OfARedirect_IsLiteral(string target, string written) => Assert.Equal(written, RedirectTarget.Parse(target)?.Value);

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("//evil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://a.test")]
    [InlineData("https://u:p@a.test")]
    [InlineData("https://a.test/\r\nSet-Cookie: x")]
    [InlineData("https://a.test/\n")]
    [InlineData(" https://a.test")]
    [InlineData("https://a.test/a b")]
    [InlineData("https:\\\\a.test")]
    [InlineData("https://a.test/\\")]
    [InlineData("https://")]
    public void Target_ThatIsNoAddress_IsRefused(string target) => Assert.Null(RedirectTarget.Parse(target));

    [Fact]
    public void Target_ThatIsTooLong_IsRefused() => Assert.Null(RedirectTarget.Parse("https://a.test/" + new string('x', 2000)));

    [Theory]
    [InlineData('中', 9, 331)]
    [InlineData('ü', 6, 497)]
    [InlineData('$', 3, 995)]
    public void Target_ThatIsTooLongForNginxOnceItIsWritten_IsRefused(char letter, int bytes, int most)
    {
        Assert.Equal(15 + bytes * most, RedirectTarget.Parse("https://a.test/" + new string(letter, most))?.Value.Length);
        Assert.Null(RedirectTarget.Parse("https://a.test/" + new string(letter, most + 1)));
        Assert.Equal("payload_invalid", Code(Names(("b.test", "redirect", "https://a.test/" + new string(letter, most + 1), 301))));
    }

    [Fact]
    public void Hash_OfASpecification_IsTheSameWhateverTheOrderOfItsNames()
    {
        var turned = Good with { Names = [.. Good.Names.Reverse()] };

        Assert.Equal(HostedSite.Of(Good, new AgentOptions()).Hash, HostedSite.Of(turned, new AgentOptions()).Hash);
        Assert.Equal(64, HostedSite.Of(Good, new AgentOptions()).Hash.Length);
    }

    // Ledgers keep it: a release that writes another one could repair no website.
    [Fact]
    public void Hash_OfASpecification_StaysWhatItWasOverReleases() =>
        Assert.Equal("14eb91c8c5e8146f0e8ad09af4a7d011ac997fd1bb3fa3c8a910f998d8c81e16", HostedSite.Of(Good, new AgentOptions()).Hash);

    [Fact]
    public void Hash_OfASpecification_ChangesWithEachOfItsProperties()
    {
        HostingSpec[] others =
        [
            Good with
            {
                WebsiteId = 8,
            },
            Good with
            {
                Revision = 4,
            },
            Good with
            {
                Epoch = Guid.Empty,
            },
            Good with
            {
                State = "suspended",
            },
            Good with
            {
                SuspendedFor = "abuse",
            },
            Names(("old.test", "redirect", "https://a.test", 301)),
            Names(("old.test", "redirect", "https://b.test", 301)),
            Names(("old.test", "redirect", "https://a.test", 302)),
            Good with
            {
                Limits = Good.Limits with { TrafficGb = 5 },
            },
            Good with
            {
                Php = new SitePhp("8.2", []),
            },
            Good with
            {
                Php = new SitePhp("8.2", new() { ["memory_limit"] = "1M" }),
            },
            Good with
            {
                Tls = new SiteTls("acme"),
            },
            Good with
            {
                Tls = new SiteTls("off", Hsts: true),
            },
            Good with
            {
                Sftp = [new SiteKey("x")],
            },
            Good with
            {
                Cron = [new SiteCron("* * * * *", "x")],
            },
            Good with
            {
                Serve = "php",
            },
            Good with
            {
                Archive = true,
            },
        ];

        Assert.Equal(others.Length + 1, others.Append(Good).Select(s => HostedSite.Of(s, new AgentOptions()).Hash).Distinct().Count());
    }

    private static HostingSpec Names(params (string Name, string Role, string? Target, int? Status)[] more) =>
        Good with
        {
            Names = [.. Good.Names, .. more.Select(n => new SiteName(n.Name, n.Role, n.Target, n.Status))],
        };

    private static string? Code(HostingSpec spec) => SpecCheck.Objection(spec, new AgentOptions())?.Code;
}
