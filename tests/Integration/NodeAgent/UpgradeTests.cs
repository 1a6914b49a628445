using MPanel.NodeAgent.Work;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>A node of the first release: its websites stand under their domains, each with a vhost of its own.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string Domain = "old.test";
    private const int Killed = 137;
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public static TheoryData<string> OfMove => new(Effect.OfMove.Select(e => e.Name));

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code);
        await Wait.Until(() => _panel.Claims > 0 && _agent.NginxMaster() is not null, "a claim and nginx", () => _agent.Log);
        await _agent.Stop();
        _panel.DropClaims();
        await FirstReleaseNode.Make(_agent, Domain, _agent.VhostDirectory);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Start_OnANodeOfTheFirstRelease_GoesOnServingItsWebsites()
    {
        // As a kill of the old agent in the midst of a change leaves it.
        var vhost = Path.Combine(_agent.VhostDirectory, $"{Domain}.conf");
        var work = Path.Combine(_agent.VhostDirectory, ".mpanel");
        File.Copy(vhost, Path.Combine(work, "previous.conf"));
        await File.WriteAllTextAsync(vhost, "half of something");
        await File.WriteAllTextAsync(Path.Combine(work, "journal.json"), $$"""{"file":"{{Domain}}.conf","hadPrevious":true}""");

        _agent.Restart();

        await Wait.Until(async () => (await _agent.Get(Domain)).Status == 200, "the old website", () => _agent.Log);
        Assert.False(File.Exists(Path.Combine(work, "journal.json")));
    }

    [Fact]
    public async Task Apply_OfAWebsiteOfTheFirstRelease_MovesItWithoutASecondOfDarkness()
    {
        _agent.Restart();
        // The workers that don't know it yet take some visitors for a moment more.
        var inARow = 0;
        await Wait.Until(
            async () => (inARow = (await _agent.Get(Domain)).Status == 200 ? inARow + 1 : 0) == 50,
            "the old website, whoever takes the visitor",
            () => _agent.Log
        );
        using var over = new CancellationTokenSource();
        var watch = Watch(over.Token);
        var task = _panel.Host(7, Domain, "starter", $"www.{Domain}");

        await _panel.Succeeds(task, _agent);
        await over.CancelAsync();

        Assert.Equal((0, 200), (await watch, (await _agent.Get($"www.{Domain}")).Status));
        await IsMoved();
        Assert.Equal(Effect.OfMove.Select(e => e.Name), UndisturbedNode.EffectsOf(_panel, task));
    }

    [Fact]
    public async Task Apply_OfAWebsiteOfTheFirstReleaseThatWasRenamedMeanwhile_FindsItsTreeAndItsUser()
    {
        _agent.Restart();

        await _panel.Succeeds(_panel.Host(7, "renamed.test"), _agent);

        Assert.Equal((200, "the owner's page"), await _agent.Get("renamed.test"));
        await IsMoved("renamed.test");
        await _panel.Succeeds(_panel.Host(7, "renamed.test", "business"), _agent);
    }

    [Theory]
    [MemberData(nameof(OfMove))]
    public async Task Apply_OfAWebsiteOfTheFirstReleaseKilledAfterAnEffect_EndsMoved(string effect)
    {
        var task = _panel.Host(7, Domain, "starter", $"www.{Domain}");
        _agent.Restart(("Faults:DieAfter", effect));
        Assert.True(await _agent.WaitForExit(TimeSpan.FromSeconds(60)) == Killed, _agent.Log);
        _panel.DropClaims();
        Assert.Equal((200, "the owner's page"), await _agent.Get(Domain));
        if (effect != Effect.OutcomeKept.Name && _panel.Locked(() => task.Accepted.Count) == 0)
            _panel.GiveAgain(task);

        _agent.Restart();
        await _panel.Succeeds(task, _agent);

        await IsMoved();
    }

    [Fact]
    public async Task Apply_WithAnOperatorsCopyOfTheOldVhost_LeavesTheCopyAloneAndSaysSo()
    {
        var copy = Path.Combine(_agent.VhostDirectory, "mine.conf");
        File.Copy(Path.Combine(_agent.VhostDirectory, $"{Domain}.conf"), copy);
        var before = await File.ReadAllTextAsync(copy);
        _agent.Restart();
        var task = _panel.Host(7, Domain, "starter", $"www.{Domain}");

        var outcome = await _panel.Outcome(task, _agent);

        Assert.Equal((true, "domain_already_served"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(before, await File.ReadAllTextAsync(copy));
        Assert.Equal((200, "the owner's page"), await _agent.Get(Domain));
        File.Delete(copy);
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        await IsMoved();
    }

    [Fact]
    public async Task Apply_WithAnotherWebsitesOldVhostForItsName_IsRefusedForGood()
    {
        _agent.Restart();

        var outcome = await _panel.Outcome(_panel.Host(8, $"www.{Domain}"), _agent);

        Assert.Equal((true, "domain_already_served"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Equal((200, "the owner's page"), await _agent.Get(Domain));
    }

    private async Task IsMoved(string domain = Domain)
    {
        Assert.Equal((200, "the owner's page"), await _agent.Get(domain));
        Assert.StartsWith(
            "website: 7\nrevision: 1\n",
            (await _agent.Get(domain, "/.well-known/mpanel-site")).Body,
            StringComparison.Ordinal
        );
        Assert.Equal(["s7"], Directory.GetFileSystemEntries(_agent.SitesDirectory).Select(Path.GetFileName).Where(n => n![0] != '.'));
        Assert.Null(new DirectoryInfo(Path.Combine(_agent.SitesDirectory, "s7")).LinkTarget);
        Assert.Empty(Directory.GetFiles(_agent.VhostDirectory));
        var user = (await File.ReadAllLinesAsync("/etc/passwd")).Single(l =>
            l.StartsWith($"{_agent.UserPrefix}7:", StringComparison.Ordinal)
        );
        Assert.Equal(Path.Combine(_agent.SitesDirectory, "s7"), user.Split(':')[5]);
    }

    // How many requests got no page.
    private async Task<int> Watch(CancellationToken over)
    {
        var dark = 0;
        while (!over.IsCancellationRequested)
        {
            if (await _agent.Get(Domain) is not (200, "the owner's page"))
                dark++;
        }
        return dark;
    }
}
