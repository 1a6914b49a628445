using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class RefusalTests : IAsyncLifetime
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
    public async Task Create_WithADirectoryThere_IsRefusedForGoodAndItIsUntouched()
    {
        await Ready();
        var place = Directory.CreateDirectory(Path.Combine(_agent.SitesDirectory, "s7"));
        await File.WriteAllTextAsync(Path.Combine(place.FullName, "precious"), "data");

        var outcome = await _panel.Outcome(_panel.Host(7, "old.test"), _agent);

        Assert.Equal(("failed", true, "directory_exists"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(["precious"], place.GetFileSystemInfos().Select(f => f.Name));
        Assert.Empty(_agent.Users());
    }

    [Fact]
    public async Task Create_WithALinkThere_IsRefusedForGoodAndNotFollowed()
    {
        await Ready();
        var elsewhere = Directory.CreateDirectory(Path.Combine(_agent.Root, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(_agent.SitesDirectory, "s7"), elsewhere.FullName);

        var outcome = await _panel.Outcome(_panel.Host(7, "old.test"), _agent);

        Assert.Equal(("failed", true, "directory_exists"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Empty(elsewhere.GetFileSystemInfos());
    }

    [Fact]
    public async Task Create_WithAnotherWebsitesName_IsRefusedForGood()
    {
        await _panel.Succeeds(_panel.Host(7, "old.test"), _agent);

        var outcome = await _panel.Outcome(_panel.Host(8, "old.test"), _agent);

        Assert.Equal(("failed", true, "domain_already_served"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Equal([$"{_agent.UserPrefix}7"], _agent.Users());
        Assert.Equal(200, (await _agent.Get("old.test")).Status);
    }

    [Fact]
    public async Task Create_WithALinkInAnInterruptedAttempt_ClearsTheLinkNotItsTarget()
    {
        await Ready();
        var precious = Path.Combine(Directory.CreateDirectory(Path.Combine(_agent.Root, "elsewhere")).FullName, "precious");
        await File.WriteAllTextAsync(precious, "data");
        var leftOver = Directory.CreateDirectory(Path.Combine(_agent.SitesDirectory, ".staging", "7"));
        File.CreateSymbolicLink(Path.Combine(leftOver.FullName, "public"), Path.GetDirectoryName(precious)!);

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        Assert.True(File.Exists(precious));
        Assert.False(leftOver.Exists && Directory.Exists(leftOver.FullName));
    }

    [Fact]
    public async Task Create_WithTheUsersNameTaken_IsRefusedForGood()
    {
        await AddUser($"{_agent.UserPrefix}7", _agent.UidBase + 8);

        var outcome = await _panel.Outcome(_panel.Host(7, "new.test"), _agent);

        Assert.Equal(("failed", true, "user_taken"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains($"{_agent.UserPrefix}7 exists with id {_agent.UidBase + 8}", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_agent.SitesDirectory, "s7")));
    }

    [Fact]
    public async Task Create_WithTheUsersIdTaken_IsRefusedForGood()
    {
        await AddUser($"{_agent.UserPrefix}8", _agent.UidBase + 7);

        var outcome = await _panel.Outcome(_panel.Host(7, "new.test"), _agent);

        Assert.Equal(("failed", true, "user_taken"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains($"{_agent.UidBase + 7} belongs to {_agent.UserPrefix}8", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_AsInTheFirstReleaseWithAWebsiteIdThatWasUsedBefore_IsRefusedForGood()
    {
        await Ready();
        await _panel.Succeeds(_panel.HostAsFirstRelease(7, "first.test"), _agent);

        var outcome = await _panel.Outcome(_panel.HostAsFirstRelease(7, "second.test"), _agent);

        Assert.Equal(("failed", true, "user_taken"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Contains("the id of this website was used before", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await _agent.Get("second.test")).Status);
        Assert.Equal(200, (await _agent.Get("first.test")).Status);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("a.test/../../etc")]
    [InlineData("a.test; return 200 owned;")]
    [InlineData("a.test\n}")]
    [InlineData("localhost")]
    [InlineData("*.test")]
    public async Task Create_ForAHostileDomain_IsRefusedForGoodWithoutATrace(string domain)
    {
        await Ready();
        var before = await NodeState.Of(_agent, 7);

        var outcome = await _panel.Outcome(_panel.Host(7, domain), _agent);

        Assert.Equal(("failed", true, "payload_invalid"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(before, await NodeState.Of(_agent, 7));
    }

    [Theory]
    [InlineData("""{"websiteId":7,"domain":"a.test","aliases":["b.test; x"],"plan":"starter"}""")]
    [InlineData("""{"websiteId":7,"domain":"b.test","aliases":[],"plan":"starter"}""")]
    [InlineData("""{"websiteId":7,"domain":"a.test","aliases":[],"plan":"starter\"; evil"}""")]
    [InlineData("""{"websiteId":0,"domain":"a.test","aliases":[],"plan":"starter"}""")]
    [InlineData("""{"websiteId":9223372036854775807,"domain":"a.test","aliases":[],"plan":"starter"}""")]
    [InlineData("""{"websiteId":7,"aliases":[],"plan":"starter"}""")]
    [InlineData("""{"websiteId":7,"domain":"a.test","aliases":[null],"plan":"starter"}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    public async Task Create_WithABadPayload_IsRefusedForGood(string payload)
    {
        var outcome = await _panel.Outcome(_panel.Give("a.test", JsonSerializer.Deserialize<JsonElement>(payload)), _agent);

        Assert.Equal(("failed", true, "payload_invalid"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
    }

    [Fact]
    public async Task Task_OfAnActionTheAgentCannotDo_IsRefusedForGood()
    {
        var payload = JsonSerializer.SerializeToElement(new HostingPayload(7, "a.test", [], "starter"), JsonSerializerOptions.Web);

        var outcome = await _panel.Outcome(_panel.Give("a.test", payload, action: "delete"), _agent);

        Assert.Equal(("failed", true, "action_not_supported"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
    }

    [Fact]
    public async Task Task_OfATypeTheAgentCannotDo_IsNotClaimed()
    {
        var mail = _panel.Give("a.test", JsonSerializer.SerializeToElement(new { }), type: "mail");

        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);

        Assert.Equal("pending", _panel.Locked(() => mail.Status));
    }

    private Task Ready() => Wait.Until(() => _panel.Claims > 0 && _agent.NginxMaster() is not null, "a claim and nginx", () => _agent.Log);

    private static Task<string> AddUser(string name, long uid) =>
        NodeState.Run(
            "/usr/sbin/useradd",
            "-u",
            $"{uid}",
            "-U",
            "-M",
            "-l",
            "-K",
            $"GID_MIN={uid}",
            "-K",
            $"GID_MAX={uid}",
            "-s",
            "/usr/sbin/nologin",
            name
        );
}
