using System.Diagnostics;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What a specification asks for, as a visitor of real nginx finds it; and which specifications a node takes.</summary>
public sealed class DesiredStateTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Theory]
    [InlineData(SuspensionReason.Abuse, "broke the rules")]
    [InlineData(SuspensionReason.Unpaid, "A payment for it is due")]
    [InlineData(SuspensionReason.Customer, "Its owner has switched it off")]
    [InlineData(SuspensionReason.Removal, "will not come back")]
    public async Task Apply_Suspended_AnswersEveryPathWithThePageOfItsReasonAndAcmeStaysOpen(string reason, string words)
    {
        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);
        await File.WriteAllTextAsync(Path.Combine(_agent.SitesDirectory, "s7", "public", "secret.txt"), "data");
        await File.WriteAllTextAsync(Path.Combine(_agent.NginxPrefix, "acme", "token"), "proof");
        var acme = Directory.CreateDirectory(Path.Combine(_agent.SitesDirectory, "s7", "public", ".well-known", "acme-challenge"));
        await File.WriteAllTextAsync(Path.Combine(acme.FullName, "token"), "the tenant's");
        File.CreateSymbolicLink(Path.Combine(_agent.NginxPrefix, "acme", "link"), "/etc/passwd");

        await _panel.Succeeds(_panel.Apply(Suspended(reason, "www.a.test")), _agent);

        foreach (
            var (host, path) in new[]
            {
                ("a.test", "/"),
                ("www.a.test", "/secret.txt"),
                ("a.test", "/x.php"),
                ("a.test", "/.well-known/security.txt"),
                ("a.test", "/.well-known/acme-challenge"),
            }
        )
        {
            var (status, page) = await _agent.Get(host, path);
            Assert.Equal(503, status);
            Assert.Contains(words, page, StringComparison.Ordinal);
        }
        using var answer = await Send("a.test", "/secret.txt", HttpMethod.Post);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal("3600", answer.Headers.RetryAfter?.ToString());
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((200, "proof"), await _agent.Get("www.a.test", "/.well-known/acme-challenge/token"));
        Assert.NotEqual(200, (await _agent.Get("a.test", "/.well-known/acme-challenge/link")).Status);
        Assert.StartsWith(
            "website: 7\nrevision: 2\n",
            (await _agent.Get("a.test", "/.well-known/mpanel-site")).Body,
            StringComparison.Ordinal
        );

        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);
        Assert.Equal((200, "data"), await _agent.Get("www.a.test", "/secret.txt"));
        using var back = await Send("a.test", "/", HttpMethod.Get);
        Assert.Null(back.Headers.RetryAfter);
        Assert.Equal((200, "proof"), await _agent.Get("a.test", "/.well-known/acme-challenge/token"));
    }

    [Fact]
    public async Task Apply_Suspended_EndsTheProcessesOfTheSitesUser()
    {
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        var uid = $"{_agent.UidBase + 7}";
        using var running = Process.Start(
            new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={uid}", "--clear-groups", $"--regid={uid}", "/bin/sleep", "600"])
        )!;
        using var other = Process.Start("/bin/sleep", ["600"]);
        try
        {
            await Wait.Until(
                () => File.ReadAllText($"/proc/{running.Id}/status").Contains($"Uid:\t{uid}\t", StringComparison.Ordinal),
                "the user's process"
            );

            await _panel.Succeeds(_panel.Apply(Suspended("abuse")), _agent);

            Assert.True(running.HasExited);
            Assert.False(other.HasExited);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task Apply_WithRedirects_SendsVisitorsOnByStatusWithPathAndQueryOnce()
    {
        await _panel.Succeeds(
            _panel.Apply(
                Spec(
                    ("moved.test", "https://a.test", 301),
                    ("found.test", "https://a.test/landing?x=1", 302),
                    ("kept.test", "http://b.test:8080", 308),
                    ("long.test", "https://a.test/" + new string('中', 331), 301),
                    ("odd.test", "https://a.test/;}{$host\"'%20", 301)
                )
            ),
            _agent
        );

        Assert.Equal((301, "https://a.test/deep/x?y=%20z"), await Location("moved.test", "/deep/x?y=%20z"));
        Assert.Equal((302, "https://a.test/landing?x=1"), await Location("found.test", "/deep?q"));
        Assert.Equal((308, "http://b.test:8080/"), await Location("kept.test", "/"));
        Assert.Equal((301, 15 + 9 * 331), ((await Location("long.test", "/")).Status, (await Location("long.test", "/")).Location?.Length));
        Assert.Equal((301, "https://a.test/;%7D%7B%24host%22'%20"), await Location("odd.test", "/"));
        Assert.Equal(404, (await _agent.Get("moved.test", "/.well-known/acme-challenge/none")).Status);
        Assert.Equal(200, (await _agent.Get("moved.test", "/.well-known/mpanel-site")).Status);
        Assert.Equal(200, (await _agent.Get("a.test")).Status);
    }

    [Fact]
    public async Task Apply_OfAHundredAliasesAndFiftyRedirects_ServesAllOfThem()
    {
        var spec = ScriptedPanel.SpecOf(7, "a.test", "starter", [.. Enumerable.Range(1, 100).Select(i => $"alias-{i}.test")]);
        spec = spec with
        {
            Names =
            [
                .. spec.Names,
                .. Enumerable
                    .Range(1, 50)
                    .Select(i => new SiteName($"redirect-{i}.test", "redirect", $"https://a.test/{i};}}{{$x\"'", 302)),
            ],
        };

        await _panel.Succeeds(_panel.Apply(spec), _agent);

        Assert.Equal(200, (await _agent.Get("alias-100.test")).Status);
        Assert.Equal((302, "https://a.test/50;%7D%7B%24x%22'"), await Location("redirect-50.test", "/"));
    }

    [Theory]
    [InlineData("https://a.test/\r\nSet-Cookie: x=1")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://x.test\\@a.test")]
    [InlineData("https://moved.test/again")]
    public async Task Apply_WithAHostileTarget_IsRefusedForGoodAndNothingIsServed(string target)
    {
        var outcome = await _panel.Outcome(_panel.Apply(Spec(("moved.test", target, 301))), _agent);

        Assert.Equal(("failed", true, "payload_invalid"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(0, (await _agent.Get("a.test")).Status);
        Assert.Empty(_agent.Users());
    }

    [Fact]
    public async Task Apply_OfWhatThisAgentCantDo_SaysWhatAndChangesNothing()
    {
        var outcome = await _panel.Outcome(_panel.Apply(Spec() with { Php = new SitePhp("8.2", []) }), _agent);

        Assert.Equal(("failed", true, "spec_not_supported"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains("PHP", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(_agent.Users());
    }

    [Fact]
    public async Task Apply_Succeeding_TellsRevisionAndHashAndTheSiteAnswersWithThem()
    {
        var outcome = await _panel.Outcome(_panel.Host(7, "a.test"), _agent);

        Assert.Equal(1, outcome.Applied?.Revision);
        Assert.Equal(
            $"website: 7\nrevision: 1\nconfig: {outcome.Applied!.Hash}\n",
            (await _agent.Get("a.test", "/.well-known/mpanel-site")).Body
        );
        Assert.Null(outcome.Applied.Archive);
        Assert.Null(outcome.Applied.Erased);
    }

    [Fact]
    public async Task Apply_OfAnOlderRevisionOrAnotherInstallation_IsRefusedForGoodAndNothingChanges()
    {
        await _panel.Succeeds(_panel.Apply(Spec() with { Revision = 5 }), _agent);
        var before = await NodeState.Of(_agent, 7);
        var (older, other, same) = (
            Spec() with
            {
                Revision = 4,
            },
            Spec() with
            {
                Revision = 6,
                Epoch = Guid.NewGuid(),
            },
            Spec(("moved.test", "https://a.test", 301)) with
            {
                Revision = 5,
            }
        );

        Assert.Equal((true, "node_ahead"), await Refused(_panel.Apply(older)));
        Assert.Equal((true, "other_installation"), await Refused(_panel.Apply(other)));
        Assert.Equal((true, "revision_conflict"), await Refused(_panel.Apply(same)));
        Assert.Equal((true, "node_ahead"), await Refused(_panel.HostAsFirstRelease(7, "a.test")));
        Assert.Equal(before, await NodeState.Of(_agent, 7));
    }

    [Fact]
    public async Task Apply_OfARename_ServesTheNewNamesAndTheOldOnesNoMore()
    {
        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);

        await _panel.Succeeds(_panel.Host(7, "b.test", "starter", "a.test"), _agent);

        Assert.Equal(200, (await _agent.Get("b.test")).Status);
        Assert.Equal(200, (await _agent.Get("a.test")).Status);
        Assert.Equal(0, (await _agent.Get("www.a.test")).Status);
        await _panel.Succeeds(_panel.Host(8, "www.a.test"), _agent);
    }

    [Fact]
    public async Task Apply_OfTheFirstRelease_IsServedAndAnswersWithoutAnAppliedState()
    {
        var outcome = await _panel.Outcome(_panel.HostAsFirstRelease(7, "a.test", "business", "www.a.test"), _agent);

        Assert.Equal(("success", null), (outcome.Status, outcome.Applied));
        Assert.Equal(200, (await _agent.Get("www.a.test")).Status);
        await _panel.Succeeds(_panel.HostAsFirstRelease(7, "a.test", "wp-growth", "www.a.test"), _agent);
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        Assert.StartsWith(
            "website: 7\nrevision: 1\n",
            (await _agent.Get("a.test", "/.well-known/mpanel-site")).Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Apply_OfManyAtOnce_SharesTestsAndReloads()
    {
        await Wait.Until(() => _agent.NginxMaster() is not null, "nginx", () => _agent.Log);
        var tasks = Enumerable.Range(1, 40).Select(i => _panel.Host(i, $"many-{i}.test")).ToList();

        foreach (var task in tasks)
            await _panel.Succeeds(task, _agent);

        foreach (var i in Enumerable.Range(1, 40))
            Assert.Equal(200, (await _agent.Get($"many-{i}.test")).Status);
        Assert.Contains(
            tasks,
            t => _panel.Locked(() => t.LogText).Contains("nginx.reload: reloading nginx (for ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Apply_OfManyOfWhichOneHasAForeignFilesName_FailsThatOneAlone()
    {
        await Wait.Until(() => _agent.NginxMaster() is not null, "nginx", () => _agent.Log);
        await File.WriteAllTextAsync(
            Path.Combine(_agent.VhostDirectory, "foreign.conf"),
            $"server {{\n    listen 127.0.0.1:{_agent.Port};\n    server_name many-3.test;\n    return 200 foreign;\n}}\n"
        );
        var tasks = Enumerable.Range(1, 12).Select(i => _panel.Host(i, $"many-{i}.test")).ToList();

        foreach (var task in tasks.Where(t => t.Domain != "many-3.test"))
            await _panel.Succeeds(task, _agent);

        Assert.Equal((true, "domain_already_served"), await Refused(tasks[2]));
        Assert.Equal((200, "foreign"), await _agent.Get("many-3.test"));
        foreach (var task in tasks.Where(t => t.Domain != "many-3.test"))
            Assert.Equal((task.Domain, 200), (task.Domain, (await _agent.Get(task.Domain)).Status));
    }

    [Fact]
    public async Task Get_OfAScriptsCopiesAndData_NeverHandsThemOut()
    {
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        var web = Path.Combine(_agent.SitesDirectory, "s7", "public");
        Directory.CreateDirectory(Path.Combine(web, ".well-known"));
        string[] names =
        [
            "a.php5",
            "a.phps",
            "a.inc",
            "a.php.bak",
            "dump.sql",
            "a.php~",
            "a.PHP",
            "a.phtml",
            ".well-known/a.php",
            ".well-known/.env",
        ];
        foreach (var name in names)
            await File.WriteAllTextAsync(Path.Combine(web, name), "secret");

        foreach (var name in names)
            Assert.Equal((name, 404), (name, (await _agent.Get("a.test", $"/{name}")).Status));
    }

    [Fact]
    public async Task Logs_OfNginx_CannotBeReadBySiteUsers()
    {
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        await _agent.Get("a.test", "/looked-at");
        var log = _agent.AccessLog;

        await Wait.Until(() => File.ReadAllText(log).Contains("/looked-at", StringComparison.Ordinal), "the line in the log");

        Assert.Matches(
            "(?m)^s7 [0-9.]+ [0-9]+ [0-9]+ 127.0.0.1 - - .*/looked-at.* 404 .*\"a.test\" [0-9.]+$",
            await File.ReadAllTextAsync(log)
        );
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(log)!))
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(file) & (UnixFileMode)0b111);
    }

    [Fact]
    public async Task Apply_WithTheLedgersFileUnreadable_WritesItAnew()
    {
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        await File.WriteAllTextAsync(Path.Combine(_agent.LedgerDirectory, "7.json"), """{"spec":""");
        _agent.Restart();

        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);

        Assert.Equal(200, (await _agent.Get("a.test")).Status);
        Assert.Contains("set aside as .broken", _agent.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"names\":[{", "\"names\":[null,{")]
    [InlineData("\"primary\"", "\"alias\"")]
    [InlineData("\"websiteId\":7", "\"websiteId\":8")]
    [InlineData("{", "[")]
    public async Task Start_WithAFileInTheLedgerThatMakesNoSense_ServesTheOthers(string was, string isNow)
    {
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        await _agent.KillNginx();
        var text = await File.ReadAllTextAsync(Path.Combine(_agent.LedgerDirectory, "7.json"));
        await File.WriteAllTextAsync(Path.Combine(_agent.LedgerDirectory, "9.json"), text.Replace(was, isNow, StringComparison.Ordinal));

        _agent.Restart();

        await _panel.Succeeds(_panel.Host(10, "b.test"), _agent);
        Assert.Equal((200, 200), ((await _agent.Get("a.test")).Status, (await _agent.Get("b.test")).Status));
        Assert.Contains("9.json cannot be read and was set aside as .broken", _agent.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "6f1f7f0e-0000-4000-8000-000000000001")]
    [InlineData(5, "00000000-0000-0000-0000-000000000000")]
    public async Task Apply_WithoutARevisionOrAnEpoch_IsRefusedForGood(long revision, string epoch)
    {
        var spec = Spec() with { Revision = revision, Epoch = new Guid(epoch) };
        var payload = System.Text.Json.JsonSerializer.SerializeToElement(spec, System.Text.Json.JsonSerializerOptions.Web);

        Assert.Equal((true, "payload_invalid"), await Refused(_panel.Give("a.test", payload, action: TaskVerb.Apply)));
    }

    private static HostingSpec Suspended(string reason, params string[] aliases) =>
        ScriptedPanel.SpecOf(7, "a.test", "starter", aliases) with
        {
            State = SiteState.Suspended,
            SuspendedFor = reason,
        };

    private static HostingSpec Spec(params (string Name, string Target, int Status)[] redirects)
    {
        var spec = ScriptedPanel.SpecOf(7, "a.test");
        return spec with { Names = [.. spec.Names, .. redirects.Select(r => new SiteName(r.Name, "redirect", r.Target, r.Status))] };
    }

    private async Task<(bool Permanent, string? Code)> Refused(ScriptedTask task)
    {
        var outcome = await _panel.Outcome(task, _agent);
        return (outcome.Permanent, outcome.Error?.Code);
    }

    private async Task<(int Status, string? Location)> Location(string host, string path)
    {
        using var answer = await Send(host, path, HttpMethod.Get);
        return ((int)answer.StatusCode, answer.Headers.TryGetValues("Location", out var values) ? values.Single() : null);
    }

    private async Task<HttpResponseMessage> Send(string host, string path, HttpMethod method)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{_agent.Port}{path}");
        request.Headers.Host = host;
        return await http.SendAsync(request);
    }
}
