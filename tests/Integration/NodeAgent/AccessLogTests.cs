using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class AccessLogTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code, ("AccessLogSeconds", "1"));
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        await _panel.Succeeds(_panel.Host(8, "b.test"), _agent);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Log_OfEachSite_HoldsItsLinesAndIsItsUsersToRead()
    {
        await _agent.Get("a.test", "/first");
        await _agent.Get("b.test", "/second");

        await Until(7, "/first");
        await Until(8, "/second");
        Assert.DoesNotContain("/second", AccessLogNode.Of(_agent, 7), StringComparison.Ordinal);
        Assert.Matches(
            "(?m)^127.0.0.1 - - \\[[^]]+\\] \"GET /first HTTP/1.1\" 404 [0-9]+ \"-\" \"-\" \"a.test\" [0-9.]+$",
            AccessLogNode.Of(_agent, 7)
        );
        var log = Path.Combine(AccessLogNode.DirectoryOf(_agent, 7), "access.log");
        Assert.Equal($"640 0:{_agent.UidBase + 7}", (await NodeState.Run("/usr/bin/stat", "-c", "%a %u:%g", log)).Trim());
        Assert.Contains("/first", await As(7, $"cat {log}"), StringComparison.Ordinal);
        Assert.Equal("no", (await As(8, $"cat {log} 2>/dev/null || echo no")).Trim());
        Assert.Equal("no", (await As(7, $"echo x >>{log} || rm -f {log} || mv {Path.GetDirectoryName(log)} /tmp/gone || echo no")).Trim());
        Assert.Equal("no", (await AsWeb($"cat {log} 2>/dev/null || echo no")).Trim());
    }

    [Fact]
    public async Task Log_OfAVisitorWhoForgesLines_HoldsThemAsHisText()
    {
        const string forged = "s8 1796040000.000 1 999999999999 192.0.2.9";
        await AccessLogNode.Send(
            _agent,
            $"GET /%0A{forged.Replace(' ', '+')} HTTP/1.1\r\nHost: a.test\r\nUser-Agent: \" {forged}\x1b[2J\x85\r\nReferer: x\\\" \"y\r\nConnection: close\r\n\r\n"
        );
        await AccessLogNode.Send(_agent, "GET http://b.test/absolute HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        await AccessLogNode.Send(_agent, $"nonsense\x01 {forged}\r\n\r\n");
        await _agent.Get("nobody.test", "/unknown");

        await Until(8, "/absolute");
        await Wait.Until(
            () => AccessLogNode.Unknown(_agent).Contains("/unknown", StringComparison.Ordinal),
            "the unknown name's line",
            () => _agent.Log
        );
        await Wait.Until(
            () => AccessLogNode.Unknown(_agent).Contains("nonsense", StringComparison.Ordinal),
            "the nonsense",
            () => _agent.Log
        );
        await Until(7, "%0As8+");
        Assert.Contains(
            "\\x22 s8 1796040000.000 1 999999999999 192.0.2.9\\x1B[2J\\x85",
            AccessLogNode.Of(_agent, 7),
            StringComparison.Ordinal
        );
        await Wait.Until(
            () => (AccessLogNode.Requests(_agent, 7), AccessLogNode.Requests(_agent, 8)) == (2, 2),
            "two requests of each, the first page's among them",
            () => $"{AccessLogNode.Requests(_agent, 7)} {AccessLogNode.Requests(_agent, 8)}"
        );
        Assert.True(AccessLogNode.Sum(_agent, 8, "bytesOut") < 10_000);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(_agent.NginxPrefix, "logs")) & (UnixFileMode)0b111);
    }

    [Fact]
    public async Task Traffic_OfASite_IsWhatWasSentAndReceived()
    {
        // Lines come to the log before they are counted.
        await Wait.Until(() => AccessLogNode.Requests(_agent, 7) == 1, "the first page counted", () => _agent.Log);
        var (sent, received) = (AccessLogNode.Sum(_agent, 7, "bytesOut"), AccessLogNode.Sum(_agent, 7, "bytesIn"));
        await File.WriteAllBytesAsync(Path.Combine(_agent.SitesDirectory, "s7", "public", "big.bin"), new byte[300_000]);
        const string request = "GET /big.bin HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

        var came = await AccessLogNode.Send(_agent, request);

        await Until(7, "/big.bin");
        await Wait.Until(() => AccessLogNode.Requests(_agent, 7) == 2, "both requests counted", () => _agent.Log);
        Assert.True(came > 300_000);
        Assert.Equal(
            (came, request.Length),
            (AccessLogNode.Sum(_agent, 7, "bytesOut") - sent, AccessLogNode.Sum(_agent, 7, "bytesIn") - received)
        );
    }

    [Fact]
    public async Task Log_OfASiteThatIsRemoved_GoesWithItAndDoesNotComeBack()
    {
        await _agent.Get("a.test", "/first");
        await Until(7, "/first");
        var suspended = ScriptedPanel.SpecOf(7, "a.test") with { State = "suspended", SuspendedFor = "removal", Archive = true };
        await _panel.Succeeds(_panel.Apply(suspended), _agent);
        await _agent.Get("a.test", "/last");

        await _panel.Succeeds(_panel.Remove(suspended), _agent);

        await _agent.Get("b.test", "/after");
        await Until(8, "/after");
        Assert.False(Directory.Exists(Path.Combine(_agent.SitesDirectory, "s7")));
        Assert.DoesNotContain("/last", AccessLogNode.Unknown(_agent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_WhileNginxHangs_WaitsForItAndLosesNothing()
    {
        await _agent.Get("a.test", "/first");
        await Until(7, "/first");
        _agent.SuspendNginx();
        try
        {
            await File.AppendAllTextAsync(_agent.AccessLog, "- 1796040000.000 1 1 x\n");
            await Wait.Until(() => AccessLogNode.Taken(_agent).Length == 1, "a log that nginx holds", () => _agent.Log);
            await Wait.Until(() => _agent.Log.Contains("goes on writing to", StringComparison.Ordinal), "it to be said", () => _agent.Log);
        }
        finally
        {
            _agent.ResumeNginx();
        }
        await _agent.Get("a.test", "/second");

        await Until(7, "/second");
        await Wait.Until(() => AccessLogNode.Taken(_agent).Length == 0, "the taken log gone", () => _agent.Log);
    }

    [Fact]
    public async Task Log_WithTheDiskNearlyFull_GivesWayAndTheTrafficIsCounted()
    {
        await _agent.Stop();
        _agent.Restart(("AccessLogReserveMegabytes", "1000000000"));

        await _agent.Get("a.test", "/first");

        await Wait.Until(
            () => _agent.Log.Contains("could not be kept: the disk is nearly full", StringComparison.Ordinal),
            "it to be said",
            () => _agent.Log
        );
        await Wait.Until(() => AccessLogNode.Requests(_agent, 7) >= 1, "the request counted", () => _agent.Log);
        Assert.DoesNotContain("/first", AccessLogNode.Of(_agent, 7), StringComparison.Ordinal);
    }

    private Task Until(long site, string text) =>
        Wait.Until(
            () => AccessLogNode.Of(_agent, site).Contains(text, StringComparison.Ordinal),
            $"{text} in the log of s{site}",
            () => _agent.Log
        );

    private Task<string> As(long site, string command) =>
        NodeState.Run(
            "/usr/bin/setpriv",
            $"--reuid={_agent.UidBase + site}",
            $"--regid={_agent.UidBase + site}",
            "--clear-groups",
            "/bin/sh",
            "-c",
            command
        );

    private static Task<string> AsWeb(string command) =>
        NodeState.Run("/usr/bin/setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups", "/bin/sh", "-c", command);
}
