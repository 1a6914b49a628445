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
    public async Task Create_KilledWhileTakingBackAnUnfinishedChange_EndsAsUndisturbed()
    {
        _agent.Restart(("Faults:DieAfter", "vhost.recover"));
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        // Left by another agent on the same vhosts, after this one has looked for such things at its start.
        await File.WriteAllTextAsync(Path.Combine(_agent.VhostDirectory, $"{Domain}.conf"), "half of something");
        await File.WriteAllTextAsync(
            Path.Combine(_agent.VhostDirectory, ".mpanel", "journal.json"),
            $$"""{"file":"{{Domain}}.conf","hadPrevious":false}"""
        );
        var task = _panel.Host(7, Domain);

        Assert.Equal(Killed, await _agent.WaitForExit(Bound));
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

        Assert.Equal(undisturbed.State, await NodeState.Of(_agent, 7));
    }

    [Theory]
    [InlineData("vhost.keep")]
    [InlineData("vhost.journal")]
    [InlineData("vhost.write")]
    [InlineData("vhost.rename")]
    [InlineData("nginx.test")]
    [InlineData("nginx.reload")]
    [InlineData("site.probe")]
    [InlineData("vhost.commit")]
    public async Task ApplyPlan_KilledAfterAnEffect_EndsWithThePlanAndTheSiteNeverGone(string effect)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain, "business"), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var task = _panel.Host(7, Domain);

        await DieAfter(effect);
        Assert.Equal(200, (await _agent.Get(Domain)).Status);
        await ComeBack(task);

        await EndsAsUndisturbed(task);
    }

    [Theory]
    [InlineData("rollback.file")]
    [InlineData("rollback.reload")]
    [InlineData("rollback.commit")]
    public async Task ApplyPlan_KilledWhileRollingBack_KeepsTheEarlierSite(string effect)
    {
        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, Domain), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        var broken = Path.Combine(_agent.VhostDirectory, "zz-foreign.conf");
        await File.WriteAllTextAsync(broken, "nonsense;\n");
        var task = _panel.Host(7, Domain, "wp-growth");

        await DieAfter(effect);
        _panel.GiveAgain(task);
        _agent.Restart();

        Assert.Equal("nginx_config_invalid", (await _panel.Outcome(task, _agent)).Error?.Code);
        File.Delete(broken);
        Assert.Equal(undisturbed.State, await NodeState.Of(_agent, 7));
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

    private async Task EndsAsUndisturbed(ScriptedTask task)
    {
        Assert.Equal(undisturbed.State, await NodeState.Of(_agent, 7));
        Assert.Single(_panel.Locked(() => task.Accepted.ToArray()));
    }
}

/// <summary>A node on which the same task went through without a fault.</summary>
public sealed class UndisturbedNode : IAsyncLifetime
{
    public string State { get; private set; } = "";

    /// <summary>Names of the effects in the task's log, and those that come after its last line.</summary>
    public IReadOnlyList<string> EffectsMet { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var panel = await ScriptedPanel.Start();
        await using var agent = AgentProcess.Start(panel.Url, panel.Code);
        // nginx must be up by the keeper's hand, so that the task meets a node as the killed ones do.
        await Wait.Until(() => agent.NginxMaster() is not null, "nginx", () => agent.Log);
        var task = panel.Host(7, "techstartup.test");
        await panel.Succeeds(task, agent);
        State = await NodeState.Of(agent, 7);
        LogLine[] lines = panel.Locked(() => task.Log.Select(l => l.Line).ToArray());
        EffectsMet =
        [
            .. lines.Select(l => l.Message.Split(':')[0]).Where(name => Effect.All.Any(e => e.Name == name)),
            "outcome.kept",
            "outcome.sent",
        ];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
