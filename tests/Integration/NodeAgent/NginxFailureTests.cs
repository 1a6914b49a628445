using System.Net;
using System.Net.Sockets;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class NginxFailureTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Theory]
    [InlineData("server {\n    nonsense on;\n}\n")]
    [InlineData("}\n")]
    [InlineData("server {\n")]
    [InlineData("server {\n    listen 127.0.0.1:1 ssl;\n    ssl_certificate /nowhere.pem;\n    ssl_certificate_key /nowhere.pem;\n}\n")]
    [InlineData("user root;\n")]
    [InlineData("include /nowhere.conf;\n")]
    public async Task Create_WithAForeignFileBroken_LeavesItOutAndSaysSoUntilAPersonHasMendedIt(string text)
    {
        await Serving("standing.test");
        foreach (var i in Enumerable.Range(1, 5))
            await Foreign($"good-{i}.conf", $"good-{i}.test");
        var foreign = Path.Combine(_agent.VhostDirectory, "good-3a.conf");
        await File.WriteAllTextAsync(foreign, text);

        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);

        Assert.Equal((200, 200), ((await _agent.Get("standing.test")).Status, (await _agent.Get("new.test")).Status));
        foreach (var i in Enumerable.Range(1, 5))
            Assert.Equal((200, "foreign"), await _agent.Get($"good-{i}.test"));
        Assert.Equal(text, await File.ReadAllTextAsync(foreign));
        Assert.Contains("nginx can't read", _agent.Log, StringComparison.Ordinal);
        await UntilNginx(problem => problem?.Contains("good-3a.conf", StringComparison.Ordinal) ?? false, "a heartbeat that names it");

        await Foreign("good-3a.conf", "mended.test");
        await UntilNginx(problem => problem is null, "a heartbeat with nginx well");
        await Wait.Until(async () => (await _agent.Get("mended.test")).Status == 200, "the mended file", () => _agent.Log);
    }

    [Fact]
    public async Task Create_WithNginxFailingForAMomentOnly_LeavesNoForeignFileOut()
    {
        var (nginx, tests) = (Path.Combine(_agent.Root, "nginx-flapping"), Path.Combine(_agent.Root, "fail-next"));
        await File.WriteAllTextAsync(
            nginx,
            $"#!/bin/sh\ncase \" $* \" in *\" -t \"*) [ -e {tests} ] && rm {tests} && echo '[emerg] no memory' >&2 && exit 1;; esac\nexec /usr/sbin/nginx \"$@\"\n"
        );
        File.SetUnixFileMode(nginx, (UnixFileMode)0b111_101_101);
        _agent.Restart(("NginxBinary", nginx));
        await _panel.Succeeds(_panel.Host(7, "standing.test"), _agent);
        await Foreign("good.conf", "good.test");
        await File.WriteAllTextAsync(tests, "");

        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);

        Assert.Equal((200, "foreign"), await _agent.Get("good.test"));
        Assert.False(Directory.Exists(Path.Combine(_agent.VhostDirectory, ".quarantine")));
    }

    [Fact]
    public async Task Create_WithNginxNotTakingTheReload_TellsItAgainWhenTheTaskComesAgain()
    {
        var (nginx, extra, sabotage) = (
            Path.Combine(_agent.Root, "nginx-saboteur"),
            Path.Combine(_agent.Root, "extra.inc"),
            Path.Combine(_agent.Root, "sabotage")
        );
        // After a good test the file is gone, and nginx can't read what it is told to.
        await File.WriteAllTextAsync(
            nginx,
            $"#!/bin/sh\n/usr/sbin/nginx \"$@\" || exit 1\ncase \" $* \" in *\" -t \"*) [ -e {sabotage} ] && mv {extra} {extra}.away;; esac\nexit 0\n"
        );
        File.SetUnixFileMode(nginx, (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(extra, "");
        _agent.Restart(("NginxBinary", nginx), ("ProbeSeconds", "2"));
        await _panel.Succeeds(_panel.Host(7, "standing.test"), _agent);
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "extra.conf"), $"include {extra};\n");
        await File.WriteAllTextAsync(sabotage, "");
        var task = _panel.Host(8, "new.test");
        Assert.Equal((false, "site_not_answering"), await Refused(task));
        File.Delete(sabotage);
        File.Move($"{extra}.away", extra);

        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);

        Assert.Equal(200, (await _agent.Get("new.test")).Status);
    }

    [Fact]
    public async Task Start_WithAForeignFileBroken_ServesTheRest()
    {
        await Serving("standing.test");
        await _agent.Stop();
        _panel.DropClaims();
        await _agent.KillNginx();
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "aa.conf"), "nonsense;");
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "bb.conf"), "more nonsense;");

        _agent.Restart();

        await Wait.Until(async () => (await _agent.Get("standing.test")).Status == 200, "the website", () => _agent.Log);
        await UntilNginx(
            problem => problem?.Contains("aa.conf, bb.conf", StringComparison.Ordinal) ?? false,
            "a heartbeat that names both"
        );
    }

    [Fact]
    public async Task Start_WithAForeignFileBrokenSinceItWasRead_ServesTheRest()
    {
        await Serving("standing.test");
        await Foreign("aa.conf", "aa.test");
        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);
        Assert.Equal((200, "foreign"), await _agent.Get("aa.test"));
        await _agent.Stop();
        _panel.DropClaims();
        await _agent.KillNginx();
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "aa.conf"), "nonsense;");

        _agent.Restart();

        await Wait.Until(async () => (await _agent.Get("standing.test")).Status == 200, "the website", () => _agent.Log);
        await UntilNginx(problem => problem?.Contains("aa.conf", StringComparison.Ordinal) ?? false, "a heartbeat that names it");
    }

    [Fact]
    public async Task Apply_WithNginxRefusingEverything_FailsWithoutATraceAndSucceedsOnceItIsMended()
    {
        var refuse = Path.Combine(_agent.Root, "refuse");
        var nginx = Path.Combine(_agent.Root, "nginx-refusing");
        await File.WriteAllTextAsync(
            nginx,
            $"#!/bin/sh\ncase \" $* \" in *\" -t \"*) [ -e {refuse} ] && echo no >&2 && exit 1;; esac\nexec /usr/sbin/nginx \"$@\"\n"
        );
        File.SetUnixFileMode(nginx, (UnixFileMode)0b111_101_101);
        _agent.Restart(("NginxBinary", nginx));
        await _panel.Succeeds(_panel.Host(7, "standing.test"), _agent);
        await Foreign("good.conf", "good.test");
        var before = await NodeState.Of(_agent, 7);
        await File.WriteAllTextAsync(refuse, "");
        var (fresh, changed) = (_panel.Host(8, "new.test"), _panel.Host(7, "standing.test", "business", "www.standing.test"));

        foreach (var task in new[] { fresh, changed })
            Assert.Equal((false, "nginx_config_invalid"), await Refused(task));

        Assert.Equal(["7.json"], Directory.GetFiles(_agent.LedgerDirectory).Select(Path.GetFileName));
        Assert.Equal((200, 0), ((await _agent.Get("standing.test")).Status, (await _agent.Get("www.standing.test")).Status));
        Assert.True(File.Exists(Path.Combine(_agent.VhostDirectory, "good.conf")));
        File.Delete(refuse);
        foreach (var task in new[] { fresh, changed })
        {
            _panel.GiveAgain(task);
            await _panel.Succeeds(task, _agent);
        }
        Assert.Equal((200, 200), ((await _agent.Get("new.test")).Status, (await _agent.Get("www.standing.test")).Status));
        Assert.NotEqual(before, await NodeState.Of(_agent, 7));
    }

    [Fact]
    public async Task Create_WithAnotherFileServingTheDomain_IsRefusedForGoodAndRolledBack()
    {
        await Serving("standing.test");
        await Foreign("aa-foreign.conf", "taken.test");

        var outcome = await _panel.Outcome(_panel.Host(8, "taken.test"), _agent);

        Assert.Equal(("failed", true, "domain_already_served"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains("conflicting server name \"taken.test\"", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_agent.LedgerDirectory, "8.json")));
        Assert.Equal(200, (await _agent.Get("standing.test")).Status);
    }

    [Fact]
    public async Task Suspend_WithAnotherFileServingTheDomainSinceThen_IsDone()
    {
        await Serving("standing.test");
        await Foreign("aa-foreign.conf", "standing.test");

        await _panel.Succeeds(
            _panel.Apply(ScriptedPanel.SpecOf(7, "standing.test") with { State = "suspended", SuspendedFor = "abuse" }),
            _agent
        );

        Assert.Equal(503, (await _agent.Get("standing.test")).Status);
        var seen = _panel.Inventories.Length;
        _panel.InventoryAskedAt = DateTimeOffset.UnixEpoch.AddMinutes(1);
        await Wait.Until(() => _panel.Inventories.Length > seen, "the look that was asked for", () => _agent.Log);
        Assert.Contains(
            "Another file that nginx reads serves standing.test, too",
            _panel.Inventories[^1].Items[0].Problem,
            StringComparison.Ordinal
        );
        var wider = await _panel.Outcome(_panel.Host(7, "standing.test", "starter", "www.standing.test"), _agent);
        Assert.Equal("success", wider.Status);
    }

    [Fact]
    public async Task Create_WithAnotherWebsiteServingAnAlias_IsRefusedForGood()
    {
        await Serving("standing.test");

        var outcome = await _panel.Outcome(_panel.Host(8, "new.test", "starter", "standing.test"), _agent);

        Assert.Equal(("failed", true, "domain_already_served"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains("<h1>standing.test</h1>", (await _agent.Get("standing.test")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithAForeignFileOfTheSameName_IsRefusedForGoodAndTheFileIsUntouched()
    {
        await Serving("standing.test");
        await Foreign("taken.test.conf", "taken.test");
        var file = Path.Combine(_agent.VhostDirectory, "taken.test.conf");
        var before = await File.ReadAllTextAsync(file);

        var outcome = await _panel.Outcome(_panel.Host(8, "taken.test"), _agent);

        Assert.Equal(("failed", true, "domain_already_served"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(before, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Create_WithNginxsPortTaken_SaysSoAndSucceedsOnceItIsFree()
    {
        var squatter = new TcpListener(IPAddress.Loopback, _agent.Port);
        squatter.Start();
        var task = _panel.Host(8, "new.test");
        _agent.Restart();

        var outcome = await _panel.Outcome(task, _agent);

        Assert.Equal(("failed", false, "nginx_not_running"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains($"127.0.0.1:{_agent.Port} failed (98: Address already in use)", outcome.Error!.Message, StringComparison.Ordinal);
        squatter.Stop();
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal(200, (await _agent.Get("new.test")).Status);
    }

    [Fact]
    public async Task Nginx_Crashed_IsStartedAgain()
    {
        await Serving("standing.test");

        await _agent.KillNginx();

        await Wait.Until(async () => (await _agent.Get("standing.test")).Status == 200, "nginx to be back", () => _agent.Log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nginx_OfWhichOnlyTheMasterWasKilled_IsStartedAgainAndTakesNewSites(bool workersStandStill)
    {
        await Serving("standing.test");
        var orphans = _agent.KillNginxMaster();
        if (workersStandStill)
            orphans.ForEach(w => Signals.Send(w, Signals.Stop));

        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);

        Assert.Equal((200, 200), ((await _agent.Get("standing.test")).Status, (await _agent.Get("new.test")).Status));
        await Wait.Until(() => !orphans.Exists(w => Directory.Exists($"/proc/{w}")), "the old workers to be gone", () => _agent.Log);
    }

    [Fact]
    public async Task Nginx_WithABrokenConfigurationAndItsMasterKilled_GoesOnServing()
    {
        await Serving("standing.test");
        await Foreign("zz-foreign.conf", "foreign.test");
        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "zz-foreign.conf"), "nonsense;");

        _agent.KillNginxMaster();
        await _panel.Succeeds(_panel.Host(9, "newer.test"), _agent);

        Assert.Equal((200, 200), ((await _agent.Get("new.test")).Status, (await _agent.Get("newer.test")).Status));
        Assert.Equal(200, (await _agent.Get("standing.test")).Status);
    }

    [Fact]
    public async Task Nginx_WhenTheAgentEnds_GoesOnServing()
    {
        await Serving("standing.test");

        Assert.Equal(0, await _agent.Stop());

        _panel.DropClaims();

        Assert.Equal(200, (await _agent.Get("standing.test")).Status);
    }

    [Fact]
    public async Task Nginx_WhenTheAgentEndsAndIsToStopIt_IsGone()
    {
        await Serving("standing.test");
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("NginxStopOnExit", "true"));
        var claims = _panel.Claims;
        await Wait.Until(() => _panel.Claims > claims, "a claim", () => _agent.Log);

        Assert.Equal(0, await _agent.Stop());

        _panel.DropClaims();

        Assert.Null(_agent.NginxMaster());
    }

    private async Task<(bool Permanent, string? Code)> Refused(ScriptedTask task)
    {
        var outcome = await _panel.Outcome(task, _agent);
        return (outcome.Permanent, outcome.Error?.Code);
    }

    private async Task Serving(string domain)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, domain), _agent);
    }

    private Task UntilNginx(Func<string?, bool> says, string what) =>
        Wait.Until(() => _panel.LastHeartbeat?.Services is [{ Name: "nginx" } nginx] && says(nginx.Problem), what, () => _agent.Log);

    private Task Foreign(string file, string name) =>
        File.WriteAllTextAsync(
            Path.Combine(_agent.VhostDirectory, file),
            $"server {{\n    listen 127.0.0.1:{_agent.Port};\n    server_name {name};\n    return 200 foreign;\n}}\n"
        );
}
