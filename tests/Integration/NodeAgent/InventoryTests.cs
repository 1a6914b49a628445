using System.Text.Json.Nodes;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What an agent tells the panel of what stands on its node.</summary>
public sealed class InventoryTests : IAsyncLifetime
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
    public async Task Look_AtAnEmptyNode_SaysThatThereIsNothing()
    {
        var part = Assert.Single(await Next(0));

        Assert.Empty(part.Items);
        Assert.True(part.Last);
    }

    [Fact]
    public async Task Look_WhenSomebodyAsks_NamesRevisionAndHashAndWhatDiffers()
    {
        await Next(0);
        var applied = (await _panel.Outcome(_panel.Host(1, "one.test"), _agent)).Applied!;
        foreach (var (id, name) in new[] { (2, "two.test"), (3, "three.test"), (4, "four.test"), (5, "five.test") })
            await _panel.Succeeds(_panel.Host(id, name, "starter", $"www.{name}"), _agent);
        await NodeState.Run("/usr/sbin/userdel", $"{_agent.UserPrefix}2");
        Directory.Delete(Path.Combine(_agent.SitesDirectory, "s3"), recursive: true);
        await NodeState.Run("/usr/bin/chown", "root", Path.Combine(_agent.SitesDirectory, "s4", "public"));
        var orphan = Directory.CreateDirectory(Path.Combine(_agent.SitesDirectory, "lost.test")).FullName;
        await File.WriteAllTextAsync(Path.Combine(orphan, "site.json"), """{"websiteId":9,"domain":"lost.test"}""");
        Directory.CreateDirectory(Path.Combine(_agent.SitesDirectory, "somebody-elses"));

        var items = Assert.Single(await Asked()).Items;

        Assert.Equal([1, 2, 3, 4, 5, 9], items.Select(i => i.Id));
        Assert.Equal(new InventoryItem("hosting", 1, applied.Revision, applied.Hash), items[0]);
        Assert.Contains($"user {_agent.UserPrefix}2 is missing", items[1].Problem, StringComparison.Ordinal);
        Assert.Contains("s3 is missing", items[2].Problem, StringComparison.Ordinal);
        Assert.Contains("belongs to user id 0", items[3].Problem, StringComparison.Ordinal);
        Assert.Null(items[4].Problem);
        Assert.Equal((0, ""), (items[5].Revision, items[5].Hash));
        Assert.Contains("never told", items[5].Problem, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_agent.SitesDirectory, "s3")));

        await NodeState.Run("/usr/bin/chown", $"{_agent.UserPrefix}4", Path.Combine(_agent.SitesDirectory, "s4", "public"));
        foreach (var (id, name) in new[] { (2, "two.test"), (3, "three.test") })
            await _panel.Succeeds(_panel.Host(id, name, "starter", $"www.{name}"), _agent);
        Assert.All(Assert.Single(await Asked()).Items.Take(5), i => Assert.Null(i.Problem));
    }

    [Fact]
    public async Task Look_WithNginxServingSomethingElse_SaysSo()
    {
        await Next(0);
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        var current = Path.Combine(_agent.VhostDirectory, ".mpanel", "gen", "current");
        await File.WriteAllTextAsync(Path.Combine(current, "hosts.map"), "other.test s1;\n");
        Assert.Contains("maps lack one.test", Assert.Single(Assert.Single(await Asked()).Items).Problem, StringComparison.Ordinal);

        // The start renders the ledger anew, whatever was made of its files.
        await _agent.Stop();
        _panel.DropClaims();
        var seen = _panel.Inventories.Length;
        _agent.Restart();

        // Once, though somebody had asked before.
        Assert.Null(Assert.Single(Assert.Single(await Next(seen)).Items).Problem);
        var beats = _panel.Heartbeats;
        await Wait.Until(() => _panel.Heartbeats > beats + 1, "two heartbeats", () => _agent.Log);
        Assert.Equal(seen + 1, _panel.Inventories.Length);
        Assert.Equal(200, (await _agent.Get("one.test")).Status);
    }

    [Fact]
    public async Task Look_WhenThePanelAsksWhatTheNodeKeeps_SaysItOfJustThose()
    {
        await Next(0);
        var spec = ScriptedPanel.SpecOf(1, "one.test") with
        {
            Revision = 9,
            State = "suspended",
            SuspendedFor = "unpaid",
            Names = [new("one.test", "primary"), new("old.test", "redirect", "https://one.test/", 301)],
        };
        var applied = (await _panel.Outcome(_panel.Apply(spec), _agent)).Applied!;
        await _panel.Succeeds(_panel.Host(2, "two.test"), _agent);
        Assert.Empty(_panel.Kept);
        _panel.Ahead = [1, 77];

        await Asked();
        await Wait.Until(() => _panel.Kept.Length > 0, "what the node keeps", () => _agent.Log);

        var said = Assert.Single(Assert.Single(_panel.Kept).Items);
        Assert.Equal(applied.Hash, said.Hash);
        Assert.Equal((1L, 9L, "suspended", "unpaid"), (said.Spec.WebsiteId, said.Spec.Revision, said.Spec.State, said.Spec.SuspendedFor));
        Assert.Equal(["old.test redirect", "one.test primary"], said.Spec.Names.Select(n => $"{n.Name} {n.Role}"));
    }

    [Fact]
    public async Task Look_OfAPanelThatDoesNotKnowIt_IsSkippedQuietly()
    {
        await Next(0);
        await _agent.Stop();
        _panel.DropClaims();
        _panel.Instead = word => word == "inventory" ? 404 : null;
        var logged = _agent.Log.Length;

        _agent.Restart();
        await Wait.Until(
            () => _agent.Log[logged..].Contains("Looked at 0 websites", StringComparison.Ordinal),
            "the look",
            () => _agent.Log
        );
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);

        Assert.DoesNotContain("refused the inventory", _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_AtManyWebsites_ComesInPartsAndSoon()
    {
        await _panel.Succeeds(_panel.Host(1, "one.test"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var model = await File.ReadAllTextAsync(Path.Combine(_agent.LedgerDirectory, "1.json"));
        for (var id = 2; id <= 1200; id++)
        {
            var entry = JsonNode.Parse(model)!;
            entry["spec"]!["websiteId"] = id;
            entry["spec"]!["names"]![0]!["name"] = $"many-{id}.test";
            await File.WriteAllTextAsync(Path.Combine(_agent.LedgerDirectory, $"{id}.json"), entry.ToJsonString());
        }
        var seen = _panel.Inventories.Length;
        _agent.Restart();

        var parts = await Next(seen);

        Assert.Equal([500, 500, 200], parts.Select(p => p.Items.Length));
        Assert.Equal([false, false, true], parts.Select(p => p.Last));
        Assert.Single(parts.Select(p => p.Run).Distinct());
        Assert.Equal(200, (await _agent.Get("many-1200.test", "/.well-known/mpanel-site")).Status);
    }

    private Task<InventoryRequest[]> Asked()
    {
        var seen = _panel.Inventories.Length;
        _panel.InventoryAskedAt = (_panel.InventoryAskedAt ?? DateTimeOffset.UnixEpoch).AddMinutes(1);
        return Next(seen);
    }

    // All parts of the look that came after so many.
    private async Task<InventoryRequest[]> Next(int seen)
    {
        await Wait.Until(() => _panel.Inventories.Skip(seen).Any(i => i.Last), "an inventory", () => _agent.Log);
        return [.. _panel.Inventories.Skip(seen)];
    }
}
