using System.Net;
using System.Net.Sockets;
using System.Text;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>Two agents on one nginx; both address families.</summary>
public sealed class NeighbourTests : IAsyncLifetime
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
    public async Task Apply_ByTwoAgentsOnOneNginx_ServesWhatBothHaveWrittenAndGivesNoNameTwice()
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        await using var panel = await ScriptedPanel.Start();
        await using var second = AgentProcess.Start(
            panel.Url,
            panel.Code,
            ("SitesDirectory", _agent.SitesDirectory),
            ("NginxPrefix", _agent.NginxPrefix),
            ("NginxPort", $"{_agent.Port}"),
            ("UserPrefix", _agent.UserPrefix),
            ("UidBase", $"{_agent.UidBase}")
        );
        var tasks = Enumerable.Range(2, 10).Select(i => _panel.Host(i, $"first-{i}.test")).ToList();
        var others = Enumerable.Range(22, 10).Select(i => panel.Host(i, $"second-{i}.test")).ToList();

        foreach (var task in tasks)
            await _panel.Succeeds(task, _agent);
        foreach (var task in others)
            await panel.Succeeds(task, second);

        foreach (var domain in tasks.Concat(others).Select(t => t.Domain))
            Assert.Equal((domain, 200), (domain, (await _agent.Get(domain)).Status));
        var taken = await panel.Outcome(panel.Host(50, "first-2.test"), second);
        Assert.Equal((true, "domain_already_served"), (taken.Permanent, taken.Error?.Code));
    }

    [Fact]
    public async Task Site_WithEveryAddress_AnswersOverBothFamilies()
    {
        if (!Socket.OSSupportsIPv6 || !File.Exists("/proc/net/if_inet6"))
            Assert.Skip("This machine has no IPv6.");
        _agent.Restart(("NginxAddress", "*"));

        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);

        Assert.StartsWith("HTTP/1.1 200 ", await Raw(IPAddress.IPv6Loopback, "one.test"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await Raw(IPAddress.Loopback, "one.test"), StringComparison.Ordinal);
        Assert.Equal("", await Raw(IPAddress.IPv6Loopback, "unknown.test"));
        await Wait.Until(() => _panel.LastHeartbeat?.Services is [{ Problem: null }], "a heartbeat with nginx well", () => _agent.Log);
    }

    [Fact]
    public async Task Create_WithAForeignFileServingTheDomainOverIpv6Only_IsRefusedForGood()
    {
        if (!Socket.OSSupportsIPv6 || !File.Exists("/proc/net/if_inet6"))
            Assert.Skip("This machine has no IPv6.");
        _agent.Restart(("NginxAddress", "*"));
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        await File.WriteAllTextAsync(
            Path.Combine(_agent.VhostDirectory, "zz-foreign.conf"),
            $"server {{ listen [::]:{_agent.Port}; server_name taken.test; return 200 foreign; }}\n"
        );

        var outcome = await _panel.Outcome(_panel.Host(2, "taken.test"), _agent);

        Assert.Equal((true, "domain_already_served"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(200, (await _agent.Get("one.test")).Status);
    }

    [Fact]
    public async Task Start_WithAnotherAddress_ServesEveryWebsiteThere()
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        await _agent.Stop();
        _panel.DropClaims();

        _agent.Restart(("NginxAddress", "*"), ("ProbeSeconds", "5"));

        await Wait.Until(
            async () => (await Raw(IPAddress.Parse("127.0.0.2"), "one.test")).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
            "the website at another address",
            () => _agent.Log
        );
        await _panel.Succeeds(_panel.Host(2, "two.test"), _agent);
    }

    [Fact]
    public async Task Start_WithAnotherAddressAndASlowVisitor_LeavesAnNginxThatTakesChanges()
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        await using (var big = File.Create(Path.Combine(_agent.SitesDirectory, "s1", "public", "big.bin")))
            big.SetLength(200_000_000);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, _agent.Port);
        await slow.GetStream().WriteAsync("GET /big.bin HTTP/1.1\r\nHost: one.test\r\n\r\n"u8.ToArray());
        await slow.GetStream().ReadExactlyAsync(new byte[100]);
        var old = _agent.NginxMaster()!.Value;
        await _agent.Stop();
        _panel.DropClaims();

        _agent.Restart(("NginxAddress", "*"), ("ProbeSeconds", "2"));

        await Wait.Until(
            async () => (await Raw(IPAddress.Parse("127.0.0.2"), "one.test")).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
            "the website at another address",
            () => _agent.Log
        );
        await Wait.Until(() => !Directory.Exists($"/proc/{old}"), "the earlier nginx to be gone", () => _agent.Log);
        await _panel.Succeeds(_panel.Host(2, "two.test"), _agent);
        Assert.NotNull(_agent.NginxMaster());
    }

    private async Task<string> Raw(IPAddress address, string host)
    {
        using var client = new TcpClient(address.AddressFamily);
        try
        {
            await client.ConnectAsync(address, _agent.Port);
        }
        catch (SocketException)
        {
            return "";
        }
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
