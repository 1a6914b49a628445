using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class SiteCreationTests : IAsyncLifetime
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

    [Fact]
    public async Task Create_OnAFreshNode_TheSiteAnswersWithItsDomain()
    {
        var task = _panel.Host(7, "techstartup.test", "starter", "www.techstartup.test");

        await _panel.Succeeds(task, _agent);

        var (status, page) = await _agent.Get("techstartup.test");
        Assert.Equal(200, status);
        Assert.Contains("<h1>techstartup.test</h1>", page, StringComparison.Ordinal);
        Assert.Equal(page, (await _agent.Get("www.techstartup.test")).Body);
        Assert.Equal(0, (await _agent.Get("unknown.test")).Status);
        Assert.StartsWith(
            "website: 7\nrevision: 1\nconfig: ",
            (await _agent.Get("techstartup.test", "/.well-known/mpanel-site")).Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Create_ForTheSameWebsiteAgain_AppliesItsPlanAndKeepsItsFiles()
    {
        await _panel.Succeeds(_panel.Host(7, "techstartup.test"), _agent);
        var page = Path.Combine(_agent.SitesDirectory, "s7", "public", "index.html");
        await File.WriteAllTextAsync(page, "the owner's own page");

        await _panel.Succeeds(_panel.Host(7, "techstartup.test", "wp-growth"), _agent);

        Assert.Equal((200, "the owner's own page"), await _agent.Get("techstartup.test"));
        Assert.StartsWith(
            "website: 7\nrevision: 2\nconfig: ",
            (await _agent.Get("techstartup.test", "/.well-known/mpanel-site")).Body,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "server_name techstartup.test;\n",
            await File.ReadAllTextAsync(Path.Combine(_agent.VhostDirectory, ".mpanel", "gen", "current", "names-256.inc"))
        );
    }

    [Fact]
    public async Task Get_OfAPhpScript_DoesNotHandItOutAsText()
    {
        await _panel.Succeeds(_panel.Host(7, "techstartup.test"), _agent);
        var directory = Path.Combine(_agent.SitesDirectory, "s7", "public");
        await File.WriteAllTextAsync(Path.Combine(directory, "config.php"), "<?php $x = 'mine';");
        await File.WriteAllTextAsync(Path.Combine(directory, "plain.txt"), "for all");

        Assert.Equal(404, (await _agent.Get("techstartup.test", "/config.php")).Status);
        Assert.Equal((200, "for all"), await _agent.Get("techstartup.test", "/plain.txt"));
    }

    [Fact]
    public async Task Create_TheSameTwice_ChangesNothing()
    {
        await _panel.Succeeds(_panel.Host(7, "techstartup.test"), _agent);
        var before = await NodeState.Of(_agent, 7);
        var again = _panel.Host(7, "techstartup.test");

        await _panel.Succeeds(again, _agent);

        Assert.Equal(before, await NodeState.Of(_agent, 7));
        Assert.DoesNotContain("nginx.reload", _panel.Locked(() => again.LogText), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OnAFreshNode_OnlyThePublicDirectoryIsTheUsers()
    {
        await _panel.Succeeds(_panel.Host(7, "techstartup.test"), _agent);

        var state = await NodeState.Of(_agent, 7);

        Assert.Contains("sites/s7 d 755 0:0", state, StringComparison.Ordinal);
        Assert.Contains("sites/s7/site.json f 644 0:0", state, StringComparison.Ordinal);
        Assert.Contains("sites/s7/public d 2750 <uid>:33", state, StringComparison.Ordinal);
        Assert.Contains("sites/s7/public/index.html f 644 <uid>:33", state, StringComparison.Ordinal);
        Assert.Contains("sites/.staging d 700 0:0", state, StringComparison.Ordinal);
        var user = Assert.Single(
            await File.ReadAllLinesAsync("/etc/passwd"),
            l => l.StartsWith($"{_agent.UserPrefix}7:", StringComparison.Ordinal)
        );
        Assert.Equal(
            $"{_agent.UserPrefix}7:x:{_agent.UidBase + 7}:{_agent.UidBase + 7}:MPanel website 7:{_agent.SitesDirectory}/s7:/usr/sbin/nologin",
            user
        );
    }

    [Fact]
    public async Task Site_WithALinkOutOfItAndHiddenFiles_ServesNeither()
    {
        await _panel.Succeeds(_panel.Host(7, "techstartup.test"), _agent);
        var web = Path.Combine(_agent.SitesDirectory, "s7", "public");
        await File.WriteAllTextAsync(Path.Combine(web, ".env"), "hidden");
        Directory.CreateDirectory(Path.Combine(web, ".well-known"));
        await File.WriteAllTextAsync(Path.Combine(web, ".well-known", "security.txt"), "shown");
        File.CreateSymbolicLink(Path.Combine(web, "passwd"), "/etc/passwd");
        // The link must be the user's, as if he had made it.
        await NodeState.Run("/usr/bin/chown", "-h", $"{_agent.UserPrefix}7", Path.Combine(web, "passwd"));

        Assert.Equal(404, (await _agent.Get("techstartup.test", "/passwd")).Status);
        Assert.Equal(404, (await _agent.Get("techstartup.test", "/.env")).Status);
        Assert.Equal((200, "shown"), await _agent.Get("techstartup.test", "/.well-known/security.txt"));
    }

    [Fact]
    public async Task Agent_WhileItWorks_ReportsWhatItIs()
    {
        await Wait.Until(() => _panel.LastHeartbeat is not null, "a heartbeat", () => _agent.Log);

        var heard = _panel.LastHeartbeat!;

        Assert.Equal(["hosting", "hosting-2"], heard.Capabilities);
        Assert.Equal(8, heard.FreeSlots);
        Assert.Equal(MPanel.NodeAgent.AgentVersion.Current, heard.AgentVersion);
        Assert.True(heard.Metrics.MemoryTotalBytes > heard.Metrics.MemoryUsedBytes && heard.Metrics.MemoryUsedBytes > 0);
        Assert.True(heard.Metrics.DiskTotalBytes > 0 && heard.Metrics.UptimeSeconds > 0);
    }

    [Fact]
    public async Task Agent_OfAnNginxThatStopsAnswering_ReportsIt()
    {
        await UntilNginx(problem => problem is null, "a heartbeat with nginx well");
        var master = _agent.NginxMaster()!.Value;

        // It lives, and answers nobody.
        _agent.SuspendNginx();
        try
        {
            await UntilNginx(
                problem => problem?.Contains("no answer within", StringComparison.Ordinal) ?? false,
                "a heartbeat with nginx mute"
            );
        }
        finally
        {
            _agent.ResumeNginx();
        }

        await UntilNginx(problem => problem is null, "a heartbeat with nginx well again");
        Assert.Equal(master, _agent.NginxMaster());
    }

    private Task UntilNginx(Func<string?, bool> says, string what) =>
        Wait.Until(() => _panel.LastHeartbeat?.Services is [{ Name: "nginx" } nginx] && says(nginx.Problem), what, () => _agent.Log);
}
