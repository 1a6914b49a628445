using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What nginx refuses of one website costs no other anything: neither in one batch, nor after a kill, nor at a start.</summary>
public sealed class RefusedEntryTests : IAsyncLifetime
{
    private const string Refused = "refused.test";
    private const int Killed = 137;
    private readonly SlowNginx _nginx = new();
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code, ("NginxBinary", _nginx.Binary));
        await _panel.Succeeds(_panel.Host(1, "standing.test"), _agent);
        _nginx.Refuse(Refused);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
        _nginx.Remove();
    }

    [Fact]
    public async Task Apply_OfManyOfWhichNginxRefusesSome_FailsThoseAloneAndPutsThemBack()
    {
        await _panel.Succeeds(_panel.Host(2, "two.test", "starter", "moving.test"), _agent);
        var tasks = await Together(
            () => _panel.Host(3, "three.test"),
            () => _panel.Host(4, Refused),
            // Gives up a name that the next but one takes, and is refused.
            () => _panel.Host(2, "two.test", "starter", $"www.{Refused}"),
            () => _panel.Host(5, "five.test"),
            () => _panel.Host(1, "standing.test", "business")
        );

        Assert.Equal([null, "nginx_config_invalid", "nginx_config_invalid", null, null], await Codes(tasks));

        foreach (var name in new[] { "standing.test", "two.test", "moving.test", "three.test", "five.test" })
            Assert.Equal((name, 200), (name, (await _agent.Get(name)).Status));
        Assert.Equal(0, (await _agent.Get(Refused)).Status);
        Assert.False(File.Exists(Path.Combine(_agent.LedgerDirectory, "4.json")));
        Assert.Equal("domain_already_served", await Code(_panel.Host(6, "moving.test")));
        _nginx.RefuseNothing();
        _panel.GiveAgain(tasks[1]);
        await _panel.Succeeds(tasks[1], _agent);
    }

    [Fact]
    public async Task Apply_OfTwoRevisionsTogetherOfWhichNginxRefusesBoth_LeavesTheEarlierOne()
    {
        var before = await File.ReadAllTextAsync(Path.Combine(_agent.LedgerDirectory, "1.json"));
        var tasks = await Together(
            () => _panel.Host(1, "standing.test", "starter", Refused),
            () => _panel.Host(1, "standing.test", "business", Refused)
        );

        Assert.Equal(["nginx_config_invalid", "nginx_config_invalid"], await Codes(tasks));

        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(_agent.LedgerDirectory, "1.json")));
        await _panel.Succeeds(_panel.Host(2, "two.test"), _agent);
        Assert.Equal(200, (await _agent.Get("standing.test")).Status);
    }

    [Theory]
    [InlineData("ledger.write", true)]
    [InlineData("nginx.test", false)]
    public async Task Start_AfterAKillWithWhatNginxRefusesInTheLedger_SetsItAsideAndServesTheRest(string effect, bool nginxDown)
    {
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("Faults:DieAfter", effect));
        var task = _panel.Host(4, Refused);
        Assert.Equal(Killed, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        _panel.DropClaims();
        if (nginxDown)
            await _agent.KillNginx();
        _agent.Restart(("Faults:DieAfter", ""));

        await Wait.Until(async () => (await _agent.Get("standing.test")).Status == 200, "the other website", () => _agent.Log);
        await _panel.Succeeds(_panel.Host(5, "five.test"), _agent);
        await _panel.Succeeds(
            _panel.Apply(ScriptedPanel.SpecOf(1, "standing.test") with { State = SiteState.Suspended, SuspendedFor = "abuse" }),
            _agent
        );

        Assert.Contains("it was set aside and is not served", _agent.Log, StringComparison.Ordinal);
        await Wait.Until(
            () =>
                _panel.Inventories.Any(i =>
                    i.Items.Any(s => s.Id == 4 && s.Problem?.Contains("it is refused", StringComparison.Ordinal) == true)
                ),
            "the look that says so",
            () => _agent.Log
        );
        Assert.Equal("domain_already_served", await Code(_panel.Host(6, Refused)));
        _panel.GiveAgain(task);
        Assert.Equal("nginx_config_invalid", (await _panel.Outcome(task, _agent)).Error?.Code);
        _nginx.RefuseNothing();
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal(200, (await _agent.Get(Refused)).Status);
    }

    [Fact]
    public async Task Start_WithNginxRefusingEveryNewGeneration_ServesTheLastThatItTook()
    {
        await _agent.Stop();
        _panel.DropClaims();
        _nginx.Refuse("");
        await _agent.KillNginx();

        _agent.Restart();

        await Wait.Until(async () => (await _agent.Get("standing.test")).Status == 200, "the website", () => _agent.Log);
    }

    // Entered while another task's test stands still: one switch serves them.
    private async Task<ScriptedTask[]> Together(params Func<ScriptedTask>[] give)
    {
        var others = Locks();
        _nginx.Hold();
        var first = _panel.Host(99, "first.test");
        await _nginx.IsReached(_agent);
        var tasks = new List<ScriptedTask>();
        foreach (var next in give)
        {
            tasks.Add(next());
            await Wait.Until(() => Locks() == others + 1 + tasks.Count, "the task at the lock", () => _agent.Log);
        }
        _nginx.LetGo();
        await _panel.Succeeds(first, _agent);
        return [.. tasks];
    }

    private int Locks() => _agent.Log.Split("lock: waiting").Length;

    private async Task<string?[]> Codes(ScriptedTask[] tasks)
    {
        var codes = new List<string?>();
        foreach (var task in tasks)
            codes.Add(await Code(task));
        return [.. codes];
    }

    private async Task<string?> Code(ScriptedTask task) => (await _panel.Outcome(task, _agent)).Error?.Code;
}
