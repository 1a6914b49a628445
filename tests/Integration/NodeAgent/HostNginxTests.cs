using System.Diagnostics;
using System.Globalization;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>An agent beside an nginx that is not its own: the host's, with a configuration that includes the agent's vhost directory.</summary>
public sealed class HostNginxTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;
    private string _vhosts = "";
    private string _nginx = "";

    // While it stands, tests of the configuration wait.
    private string Hold => Path.Combine(_agent.Root, "hold");

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code, ("NginxManaged", "false"));
        _vhosts = Path.Combine(_agent.Root, "vhosts");
        Directory.CreateDirectory(Path.Combine(_agent.NginxPrefix, "logs"));
        var config = Path.Combine(_agent.NginxPrefix, "host.conf");
        await File.WriteAllTextAsync(
            config,
            $$"""
            user www-data;
            pid {{_agent.NginxPrefix}}/nginx.pid;
            error_log {{_agent.NginxPrefix}}/logs/error.log;
            events { }
            http {
                access_log off;
                server { listen 127.0.0.1:{{_agent.Port}} default_server; return 200 host; }
                include {{_vhosts}}/*.conf;
            }
            """
        );
        // The host's nginx needs no arguments to find its configuration; here a script stands for that.
        _nginx = Path.Combine(_agent.Root, "host-nginx");
        await File.WriteAllTextAsync(
            _nginx,
            $"#!/bin/sh\ncase \" $* \" in *\" -t \"*) while [ -e {Hold} ]; do sleep 0.05; done;; esac\nexec /usr/sbin/nginx -c {config} -p {_agent.NginxPrefix} \"$@\"\n"
        );
        File.SetUnixFileMode(_nginx, (UnixFileMode)0b111_101_101);
        _agent.Restart(
            ("NginxBinary", _nginx),
            ("VhostDirectory", _vhosts),
            ("NginxPidFile", Path.Combine(_agent.NginxPrefix, "nginx.pid")),
            ("NginxPrefix", "")
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Create_WithTheHostsNginx_ServesTheSiteBesideTheHosts()
    {
        await NodeState.Run(_nginx);

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        Assert.Contains("<h1>new.test</h1>", (await _agent.Get("new.test")).Body, StringComparison.Ordinal);
        Assert.Equal((200, "host"), await _agent.Get("other.test"));
    }

    [Fact]
    public async Task Create_OfAWebsiteOfTheFirstRelease_TakesItsFilesPlace()
    {
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await FirstReleaseNode.Make(_agent, "old.test", _vhosts);
        await NodeState.Run(_nginx);
        Assert.Equal((200, "the owner's page"), await _agent.Get("old.test"));

        await _panel.Succeeds(_panel.Host(7, "old.test", "starter", "www.old.test"), _agent);

        Assert.Equal((200, "the owner's page"), await _agent.Get("www.old.test"));
        Assert.Equal(["mpanel.conf"], Directory.GetFiles(_vhosts).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Create_WithTheHostsConfigurationBroken_LeavesEverythingAsItWas()
    {
        await NodeState.Run(_nginx);
        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
        var foreign = Path.Combine(_vhosts, "zz.conf");
        await File.WriteAllTextAsync(foreign, "nonsense;");

        var outcome = await _panel.Outcome(_panel.Host(8, "newer.test"), _agent);

        Assert.Equal((false, "nginx_config_invalid"), (outcome.Permanent, outcome.Error?.Code));
        File.Delete(foreign);
        await NodeState.Run(_nginx, "-s", "reload");
        Assert.Equal(200, (await _agent.Get("new.test")).Status);
        Assert.Equal((200, "host"), await _agent.Get("newer.test"));
    }

    [Fact]
    public async Task Create_OfAWebsiteOfTheFirstReleaseWithTheHostsConfigurationBroken_LeavesItsFileInPlace()
    {
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await FirstReleaseNode.Make(_agent, "old.test", _vhosts);
        await NodeState.Run(_nginx);
        var foreign = Path.Combine(_vhosts, "zz.conf");
        await File.WriteAllTextAsync(foreign, "nonsense;");
        var task = _panel.Host(7, "old.test", "starter", "www.old.test");

        Assert.Equal("nginx_config_invalid", (await _panel.Outcome(task, _agent)).Error?.Code);

        File.Delete(foreign);
        await NodeState.Run(_nginx, "-s", "reload");
        Assert.Equal((200, "the owner's page"), await _agent.Get("old.test"));
        Assert.True(File.Exists(Path.Combine(_vhosts, "old.test.conf")));
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal((200, "the owner's page"), await _agent.Get("www.old.test"));
    }

    // nginx's own hash settings take names of some forty letters.
    [Theory]
    [InlineData("ledger.write")]
    [InlineData("generation.swap")]
    public async Task Create_OfANameTheHostsNginxRefuses_KilledMidway_LeavesTheOthersTheirChanges(string effect)
    {
        await NodeState.Run(_nginx);
        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("Faults:DieAfter", effect));
        var task = _panel.Host(8, $"{new string('a', 60)}.{new string('b', 60)}.test");
        Assert.Equal(137, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        _panel.DropClaims();

        _agent.Restart(("Faults:DieAfter", ""));

        await _panel.Succeeds(_panel.Host(9, "newer.test"), _agent);
        Assert.Equal((200, 200), ((await _agent.Get("new.test")).Status, (await _agent.Get("newer.test")).Status));
        _panel.GiveAgain(task);
        Assert.Equal("nginx_config_invalid", (await _panel.Outcome(task, _agent)).Error?.Code);
        await NodeState.Run(_nginx, "-t");
    }

    [Fact]
    public async Task Create_OfAWebsiteOfTheFirstReleaseWithTheLeaseLostMeanwhile_LeavesItsFileInPlace()
    {
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await FirstReleaseNode.Make(_agent, "old.test", _vhosts);
        await NodeState.Run(_nginx);
        await File.WriteAllTextAsync(Hold, "");
        (_panel.LeaseSeconds, _panel.Instead) = (3, word => word == "renew" ? 503 : null);
        var task = _panel.Host(7, "old.test", "starter", "www.old.test");
        await Wait.Until(() => _agent.Log.Contains("nginx.test", StringComparison.Ordinal), "the test", () => _agent.Log);
        await Wait.Until(() => _agent.Log.Contains("is lost", StringComparison.Ordinal), "the lease to end", () => _agent.Log);
        File.Delete(Hold);
        await Wait.Until(
            () => !File.Exists(Path.Combine(_agent.Root, "vhosts", ".mpanel", "sites", "7.json")),
            "its entry gone",
            () => _agent.Log
        );
        await Wait.Until(() => File.Exists(Path.Combine(_vhosts, "old.test.conf")), "its file in place", () => _agent.Log);

        await NodeState.Run(_nginx, "-s", "reload");
        Assert.Equal((200, "the owner's page"), await _agent.Get("old.test"));
        Assert.True(File.Exists(Path.Combine(_vhosts, "old.test.conf")));
        (_panel.LeaseSeconds, _panel.Instead) = (60, _ => null);
        await _panel.Succeeds(_panel.Host(8, "new.test"), _agent);
        Assert.Equal((200, "the owner's page"), await _agent.Get("old.test"));
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal((200, "the owner's page"), await _agent.Get("www.old.test"));
    }

    [Fact]
    public async Task Log_OfASiteOfTheHostsNginx_IsSplitAndTheHostsOwnIsNotTouched()
    {
        await _agent.Stop();
        _agent.Restart(("AccessLogSeconds", "1"));
        await NodeState.Run(_nginx);
        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
        var logs = Path.Combine(_agent.SitesDirectory, ".logs");

        await _agent.Get("other.test", "/hosts");
        await _agent.Get("new.test", "/ours");

        await Wait.Until(() => AccessLogNode.Of(_agent, 7).Contains("GET /ours ", StringComparison.Ordinal), "the line", () => _agent.Log);
        Assert.Equal("750 root:www-data", (await NodeState.Run("/usr/bin/stat", "-c", "%a %U:%G", logs)).Trim());
        await Wait.Until(
            () => Directory.GetFiles(logs).Select(Path.GetFileName).SequenceEqual(["sites.log"]),
            "what was taken up to be gone",
            () => _agent.Log
        );
        Assert.False(Directory.Exists(Path.Combine(logs, "unknown")));
    }

    [Fact]
    public async Task Create_WithTheHostsNginxDown_SaysSoAndDoesNotStartIt()
    {
        var outcome = await _panel.Outcome(_panel.Host(7, "new.test"), _agent);

        Assert.Equal(("failed", false, "nginx_not_running"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Null(_agent.NginxMaster());
    }

    [Fact]
    public async Task Create_WithAStalePidFile_SignalsNobody()
    {
        // The number of a process that lives and is no nginx; SIGHUP would end it.
        using var bystander = Process.Start("/bin/sleep", ["600"]);
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(_agent.NginxPrefix, "nginx.pid"),
                bystander.Id.ToString(CultureInfo.InvariantCulture)
            );

            var outcome = await _panel.Outcome(_panel.Host(7, "new.test"), _agent);

            Assert.Equal("nginx_not_running", outcome.Error?.Code);
            Assert.False(bystander.HasExited);
        }
        finally
        {
            bystander.Kill();
        }
    }
}
