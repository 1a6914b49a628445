using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Work;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>The agent is killed after every single effect a task has; the next start must end as if nothing had happened.</summary>
public sealed class KillTests(UndisturbedNode undisturbed) : IClassFixture<UndisturbedNode>, IAsyncLifetime
{
    private const int Killed = 137;
    private const string Domain = "techstartup.test";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public static TheoryData<string> OfChange => new(Effect.OfChange.Select(e => e.Name));

    public static TheoryData<string> OfArchive => new(Effect.OfArchive.Select(e => e.Name));

    public static TheoryData<string> OfRemoval => new(Effect.OfRemoval.Select(e => e.Name));

    public static TheoryData<string> OfCreation => new(Effect.OfCreation.Select(e => e.Name));

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
    public void Effects_OfACreation_AreThoseAnAgentMeets() => Assert.Equal(Effect.OfCreation.Select(e => e.Name), undisturbed.EffectsMet);

    [Fact]
    public void Effects_OfAnArchiveAndARemoval_AreThoseAnAgentMeets()
    {
        Assert.Equal(Effect.OfArchive.Select(e => e.Name), undisturbed.EffectsOfArchive);
        Assert.Equal(Effect.OfRemoval.Select(e => e.Name), undisturbed.EffectsOfRemoval);
    }

    [Theory]
    [MemberData(nameof(OfCreation))]
    public async Task Create_KilledAfterAnEffect_EndsAsUndisturbed(string effect)
    {
        var task = _panel.Host(7, Domain);

        await DieAfter(effect);
        await ComeBack(task, kept: effect == Effect.OutcomeKept.Name);

        await EndsAsUndisturbed(task);
    }

    [Fact]
    public async Task Create_KilledWhileClearingAnInterruptedAttempt_EndsAsUndisturbed()
    {
        var task = _panel.Host(7, Domain);
        await DieAfter("tree.page");
        _panel.GiveAgain(task);

        await DieAfter("tree.clear");
        await ComeBack(task);

        await EndsAsUndisturbed(task);
    }

    [Fact]
    public async Task Create_KilledAfterStartingNginx_EndsAsUndisturbed()
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain, "business"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("Faults:DieAfter", "nginx.start"));
        var task = _panel.Host(7, Domain);
        // The agent's own watch over nginx may be quicker than the task; then the task met nothing, and is given again.
        for (var tries = 0; tries < 20 && !_agent.HasExited; tries++)
        {
            await _agent.KillNginx();
            _panel.GiveAgain(task);
            await Wait.Until(
                () => _agent.HasExited || _panel.Locked(() => task.Status == "success"),
                "the task or its kill",
                () => _agent.Log
            );
        }

        Assert.Equal(Killed, await _agent.WaitForExit(Bound));
        _panel.GiveAgain(task);
        _agent.Restart();
        await _panel.Succeeds(task, _agent);

        Assert.Equal(undisturbed.State(2), await NodeState.Of(_agent, 7));
    }

    [Theory]
    [MemberData(nameof(OfChange))]
    public async Task ApplyPlan_KilledAfterAnEffect_EndsWithThePlanAndTheSiteNeverGone(string effect)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain, "business"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var task = _panel.Apply(ScriptedPanel.SpecOf(7, Domain) with { Revision = 2 });

        await DieAfter(effect);
        Assert.Equal(200, (await _agent.Get(Domain)).Status);
        await ComeBack(task, kept: effect == Effect.OutcomeKept.Name);

        await EndsAsUndisturbed(task, revision: 2);
    }

    [Theory]
    [MemberData(nameof(OfArchive))]
    public async Task Suspend_KilledAfterAnEffect_EndsSuspendedWithAnArchiveAndTheSiteNeverGone(string effect)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var task = _panel.Apply(UndisturbedNode.Suspended);

        await DieAfter(effect);
        Assert.True((await _agent.Get(Domain)).Status is 200 or 503);
        await ComeBack(task, kept: effect == Effect.OutcomeKept.Name);

        Assert.Equal(undisturbed.Suspension, await NodeState.Of(_agent, 7));
        Assert.Equal(["7-2.tar.gz"], Directory.GetFiles(Path.Combine(_agent.StateDirectory, "archives")).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(OfRemoval))]
    public async Task Remove_KilledAfterAnEffect_EndsWithNothingLeft(string effect)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain), _agent);
        await _panel.Succeeds(_panel.Apply(UndisturbedNode.Suspended), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var task = _panel.Remove(UndisturbedNode.Suspended);

        await DieAfter(effect);
        await ComeBack(task, kept: effect == Effect.OutcomeKept.Name);

        Assert.Equal(undisturbed.Removal, await NodeState.Of(_agent, 7));
        Assert.Empty(Directory.GetFiles(Path.Combine(_agent.StateDirectory, "archives")));
        Assert.NotEmpty(_panel.Locked(() => task.Accepted[^1].Applied!.Erased!));
    }

    [Fact]
    public async Task Apply_KilledWhilePuttingBack_KeepsServingAndTheStartServesTheLedger()
    {
        var nginx = Path.Combine(_agent.Root, "nginx-broken");
        await File.WriteAllTextAsync(
            nginx,
            $"#!/bin/sh\ncase \" $* \" in *\" -t \"*) [ -e {_agent.Root}/refuse ] && echo no >&2 && exit 1;; esac\nexec /usr/sbin/nginx \"$@\"\n"
        );
        File.SetUnixFileMode(nginx, (UnixFileMode)0b111_101_101);
        _agent.Restart(("NginxBinary", nginx));
        await _panel.Succeeds(_panel.Host(7, Domain), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("Faults:DieAfter", "ledger.back"));
        var claims = _panel.Claims;
        await Wait.Until(() => _panel.Claims > claims, "a claim", () => _agent.Log);
        await File.WriteAllTextAsync(Path.Combine(_agent.Root, "refuse"), "");
        var task = _panel.Host(7, Domain, "starter", "www." + Domain);

        Assert.Equal(Killed, await _agent.WaitForExit(Bound));
        _panel.DropClaims();
        Assert.Equal(200, (await _agent.Get(Domain)).Status);
        _panel.GiveAgain(task);
        _agent.Restart();
        Assert.Equal("nginx_config_invalid", (await _panel.Outcome(task, _agent)).Error?.Code);
        Assert.Equal((200, 0), ((await _agent.Get(Domain)).Status, (await _agent.Get("www." + Domain)).Status));

        File.Delete(Path.Combine(_agent.Root, "refuse"));
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal(200, (await _agent.Get("www." + Domain)).Status);
    }

    private async Task DieAfter(string effect)
    {
        _agent.Restart(("Faults:DieAfter", effect));
        Assert.True(await _agent.WaitForExit(Bound) == Killed, _agent.Log);
        _panel.DropClaims();
    }

    /// <param name="kept">The outcome was on disk already: it must reach the panel under the lease it was earned with.</param>
    private async Task ComeBack(ScriptedTask task, bool kept = false)
    {
        if (!kept && _panel.Locked(() => task.Accepted.Count) == 0)
            _panel.GiveAgain(task);
        _agent.Restart();
        await _panel.Succeeds(task, _agent);
    }

    private async Task EndsAsUndisturbed(ScriptedTask task, int revision = 1)
    {
        Assert.Equal(undisturbed.State(revision), await NodeState.Of(_agent, 7));
        Assert.Single(_panel.Locked(() => task.Accepted.ToArray()));
    }
}

/// <summary>A node on which the same tasks went through without a fault.</summary>
public sealed class UndisturbedNode : IAsyncLifetime
{
    private readonly List<string> _states = [];

    /// <summary>Names of the effects in the task's log, and those that come after its last line.</summary>
    public IReadOnlyList<string> EffectsMet { get; private set; } = [];

    public IReadOnlyList<string> EffectsOfArchive { get; private set; } = [];

    public IReadOnlyList<string> EffectsOfRemoval { get; private set; } = [];

    /// <summary>Suspended and archived.</summary>
    public string Suspension { get; private set; } = "";

    /// <summary>And then removed.</summary>
    public string Removal { get; private set; } = "";

    public static HostingSpec Suspended { get; } =
        ScriptedPanel.SpecOf(7, "techstartup.test") with
        {
            State = SiteState.Suspended,
            SuspendedFor = SuspensionReason.Removal,
            Archive = true,
        };

    /// <summary>With the website's revision 1, or 2, which says the same of it.</summary>
    public string State(int revision) => _states[revision - 1];

    public async ValueTask InitializeAsync()
    {
        await using var panel = await ScriptedPanel.Start();
        await using var agent = AgentProcess.Start(panel.Url, panel.Code);
        // nginx must be up by the keeper's hand, so that the task meets a node as the killed ones do.
        await Wait.Until(() => agent.NginxMaster() is not null, "nginx", () => agent.Log);
        var task = panel.Host(7, "techstartup.test");
        await panel.Succeeds(task, agent);
        _states.Add(await NodeState.Of(agent, 7));
        EffectsMet = EffectsOf(panel, task);
        await panel.Succeeds(panel.Apply(ScriptedPanel.SpecOf(7, "techstartup.test") with { Revision = 2 }), agent);
        _states.Add(await NodeState.Of(agent, 7));
        await LiveOn();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // On another node, for revisions that the killed ones have, too.
    private async Task LiveOn()
    {
        await using var panel = await ScriptedPanel.Start();
        await using var agent = AgentProcess.Start(panel.Url, panel.Code);
        await panel.Succeeds(panel.Host(7, "techstartup.test"), agent);
        var suspension = panel.Apply(Suspended);
        await panel.Succeeds(suspension, agent);
        Suspension = await NodeState.Of(agent, 7);
        var removal = panel.Remove(Suspended);
        await panel.Succeeds(removal, agent);
        Removal = await NodeState.Of(agent, 7);
        (EffectsOfArchive, EffectsOfRemoval) = (EffectsOf(panel, suspension), EffectsOf(panel, removal));
    }

    internal static IReadOnlyList<string> EffectsOf(ScriptedPanel panel, ScriptedTask task)
    {
        LogLine[] lines = panel.Locked(() => task.Log.Select(l => l.Line).ToArray());
        return
        [
            .. lines.Select(l => l.Message.Split(':')[0]).Where(name => Effect.All.Any(e => e.Name == name)),
            "outcome.kept",
            "outcome.sent",
        ];
    }
}
