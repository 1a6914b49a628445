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

    [Fact]
    public async Task Create_WithAForeignFileBroken_NamesItAndLeavesNginxServing()
    {
        await Serving("standing.test");
        var foreign = Path.Combine(_agent.VhostDirectory, "zz-foreign.conf");
        await File.WriteAllTextAsync(foreign, "server {\n    nonsense on;\n}\n");

        var outcome = await _panel.Outcome(_panel.Host(8, "new.test"), _agent);

        Assert.Equal(("failed", false, "nginx_config_invalid"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains($"{foreign}, line 2", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("unknown directive \"nonsense\"", outcome.Error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_agent.LedgerDirectory, "8.json")));
        Assert.Equal(200, (await _agent.Get("standing.test")).Status);
    }

    [Fact]
    public async Task Create_OnceTheForeignFileIsMended_Succeeds()
    {
        await Serving("standing.test");
        var foreign = Path.Combine(_agent.VhostDirectory, "zz-foreign.conf");
        await File.WriteAllTextAsync(foreign, "nonsense;");
        var task = _panel.Host(8, "new.test");
        await _panel.Outcome(task, _agent);
        File.Delete(foreign);

        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);

        Assert.Equal(200, (await _agent.Get("new.test")).Status);
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
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, "zz-foreign.conf"), "nonsense;");

        _agent.KillNginxMaster();
        var outcome = await _panel.Outcome(_panel.Host(8, "new.test"), _agent);

        Assert.Equal("nginx_config_invalid", outcome.Error?.Code);
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

    private async Task Serving(string domain)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, domain), _agent);
    }

    private Task Foreign(string file, string name) =>
        File.WriteAllTextAsync(
            Path.Combine(_agent.VhostDirectory, file),
            $"server {{\n    listen 127.0.0.1:{_agent.Port};\n    server_name {name};\n    return 200 foreign;\n}}\n"
        );
}
