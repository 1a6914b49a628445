using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class OutboxTests : IAsyncLifetime
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

    [Theory]
    [InlineData(503)]
    // A proxy's 404 names no task and must not cost the outcome.
    [InlineData(404)]
    public async Task Complete_WithThePanelAway_IsDeliveredAfterARestart(int answer)
    {
        var task = await DoneWhile(answer);
        await _agent.Kill();
        _panel.DropClaims();
        _panel.Instead = _ => null;

        _agent.Restart();

        await _panel.Succeeds(task, _agent);
        Assert.Equal(1, _panel.Locked(() => task.Attempt));
    }

    [Fact]
    public async Task Complete_WithThePanelAwayForAWhile_IsDeliveredWithoutARestart()
    {
        var task = await DoneWhile(500);

        _panel.Instead = _ => null;

        await _panel.Succeeds(task, _agent);
    }

    [Fact]
    public async Task Complete_WithLogLinesUnsent_BringsThemAlong()
    {
        _panel.Instead = word => word == "log" ? 503 : null;
        var task = _panel.Host(7, "new.test");
        await Wait.Until(() => _panel.Locked(() => task.Status == "in_progress"), "the task's start", () => _agent.Log);
        _panel.Instead = word => word is "complete" or "log" ? 503 : null;
        await Kept();

        _panel.Instead = _ => null;
        await _panel.Succeeds(task, _agent);

        Assert.Contains("info done", _panel.Locked(() => task.LogText), StringComparison.Ordinal);
        Assert.Contains("user.add", _panel.Locked(() => task.LogText), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_WithALeaseThatIsOver_IsLoggedAndForgotten()
    {
        var task = await DoneWhile(503);
        _panel.Locked(() => task.LeaseToken = Guid.NewGuid());

        _panel.Instead = _ => null;

        await Wait.Until(
            () => _agent.Log.Contains("It counts no more", StringComparison.Ordinal),
            "the refusal to be said",
            () => _agent.Log
        );
        Assert.Equal(0, _agent.KeptOutcomes);
        Assert.Empty(_panel.Locked(() => task.Accepted.ToArray()));
    }

    [Fact]
    public async Task Start_WithADamagedOutcome_SetsItAsideAndWorks()
    {
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await _agent.Stop();
        _panel.DropClaims();
        var outbox = Path.Combine(_agent.StateDirectory, "outbox");
        await File.WriteAllTextAsync(Path.Combine(outbox, "1-truncated.json"), """{"taskId":1,"dom""");
        await File.WriteAllTextAsync(Path.Combine(outbox, "2-empty.json"), "");
        await File.WriteAllTextAsync(Path.Combine(outbox, "3-unnamed.json.tmp"), "{");

        _agent.Restart();
        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        var aside = Directory.GetFiles(Path.Combine(_agent.StateDirectory, "outbox-aside")).Select(Path.GetFileName).Order();
        Assert.Equal(["1-truncated.json", "2-empty.json"], aside);
    }

    private async Task<ScriptedTask> DoneWhile(int answer)
    {
        _panel.Instead = word => word == "complete" ? answer : null;
        var task = _panel.Host(7, "new.test");
        await Kept();
        return task;
    }

    private Task Kept() =>
        Wait.Until(
            () => _agent.Log.Contains("is kept and will be sent again", StringComparison.Ordinal),
            "a failed delivery",
            () => _agent.Log
        );
}
