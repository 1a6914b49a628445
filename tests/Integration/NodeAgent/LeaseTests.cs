using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What an agent does when it may not, or should not, go on with a task.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly SlowNginx _nginx = new();
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code, ("NginxBinary", _nginx.Binary));
    }

    public async ValueTask DisposeAsync()
    {
        _nginx.LetGo();
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
        _nginx.Remove();
    }

    [Theory]
    [InlineData(409)]
    [InlineData(503)]
    public async Task Task_WhoseLeaseIsNotRenewed_StopsBeforeItsNextEffectAndReportsNothing(int answer)
    {
        _panel.LeaseSeconds = 4;
        var task = await InTheMidst();

        _panel.Instead = word => word is "renew" or "log" ? answer : null;
        await Wait.Until(() => _agent.Log.Contains("is lost", StringComparison.Ordinal), "the loss to be noticed", () => _agent.Log);
        _nginx.LetGo();
        await Wait.Until(() => _agent.Log.Contains("The task was left", StringComparison.Ordinal), "the task to be left", () => _agent.Log);

        Assert.DoesNotContain("nginx.reload", _agent.Log, StringComparison.Ordinal);
        Assert.Empty(_panel.Locked(() => task.Accepted.ToArray()));
        Assert.Empty(Directory.GetFiles(_agent.LedgerDirectory));

        _panel.Instead = _ => null;
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Equal(2, _panel.Locked(() => task.Attempt));
        Assert.Equal(200, (await _agent.Get("new.test")).Status);
    }

    [Fact]
    public async Task Task_LongerThanItsLease_KeepsItByRenewing()
    {
        _panel.LeaseSeconds = 2;
        var renewals = 0;
        _panel.Instead = word =>
        {
            if (word == "renew")
                Interlocked.Increment(ref renewals);
            return null;
        };
        var task = await InTheMidst();

        await Wait.Until(() => Volatile.Read(ref renewals) >= 8, "the lease's length to pass twice", () => _agent.Log);
        _nginx.LetGo();

        await _panel.Succeeds(task, _agent);
        Assert.Equal(1, _panel.Locked(() => task.Attempt));
    }

    [Fact]
    public async Task Terminate_WithATaskInTheMidst_FinishesItAndEndsWell()
    {
        var task = await InTheMidst();

        _agent.Terminate();
        await Wait.Until(() => _agent.Log.Contains("is to stop", StringComparison.Ordinal), "the signal to arrive", () => _agent.Log);
        var claims = _panel.Claims;
        var second = _panel.Host(8, "second.test");
        _nginx.LetGo();

        Assert.Equal(0, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal("success", _panel.Locked(() => task.Status));
        Assert.Equal(200, (await _agent.Get("new.test")).Status);
        Assert.Equal("pending", _panel.Locked(() => second.Status));
        Assert.Equal(claims, _panel.Claims);
    }

    [Fact]
    public async Task Terminate_WithATaskInTheMidstForTooLong_RollsBackAndReportsIt()
    {
        var task = await InTheMidst(("DrainSeconds", "1"));

        _agent.Terminate();
        await Wait.Until(
            () => _agent.Log.Contains("The time to finish is over", StringComparison.Ordinal),
            "the bound to pass",
            () => _agent.Log
        );
        _nginx.LetGo();

        Assert.Equal(0, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        var outcome = _panel.Locked(() => Assert.Single(task.Accepted));
        Assert.Equal(("failed", false, "agent_stopped"), (outcome.Status, outcome.Permanent, outcome.Error?.Code));
        Assert.Empty(Directory.GetFiles(_agent.LedgerDirectory));
    }

    [Fact]
    public async Task Terminate_WithATaskThatChangedNothing_GivesItBack()
    {
        _agent.Restart();
        await Wait.Until(() => _panel.Claims > 0 && _agent.NginxMaster() is not null, "a claim and nginx", () => _agent.Log);
        ScriptedTask task;
        // Held by another agent on the same vhosts: the task waits before its first change.
        await using (await VhostLock())
        {
            task = _panel.Host(7, "new.test");
            await Wait.Until(() => _agent.Log.Contains("lock: ", StringComparison.Ordinal), "the task to wait", () => _agent.Log);
            // Two heartbeats later it still waits.
            var beats = _panel.Heartbeats;
            await Wait.Until(() => _panel.Heartbeats > beats + 1, "two heartbeats", () => _agent.Log);
            Assert.Equal("in_progress", _panel.Locked(() => task.Status));

            Assert.Equal(0, await _agent.Stop());

            _panel.DropClaims();
        }

        Assert.Equal("released", _panel.Locked(() => task.Status));
        Assert.Empty(_panel.Locked(() => task.Accepted.ToArray()));
        Assert.Empty(_agent.Users());
    }

    [Fact]
    public async Task Terminate_WhileIdle_EndsWellAtOnce()
    {
        _agent.Restart();
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);

        Assert.Equal(0, await _agent.Stop());

        _panel.DropClaims();
    }

    // The agent's first look at what stands holds the lock for a moment after its first claim.
    private async Task<FileStream> VhostLock()
    {
        FileStream? held = null;
        await Wait.Until(
            () =>
            {
                try
                {
                    held = File.Open(
                        Path.Combine(_agent.VhostDirectory, ".mpanel", "lock"),
                        FileMode.Open,
                        FileAccess.ReadWrite,
                        FileShare.None
                    );
                }
                catch (IOException)
                {
                    return false;
                }
                return true;
            },
            "the lock of the vhosts",
            () => _agent.Log
        );
        return held!;
    }

    private async Task<ScriptedTask> InTheMidst(params (string Name, string Value)[] settings)
    {
        _agent.Restart(settings);
        await Wait.Until(() => _panel.Claims > 0 && _agent.NginxMaster() is not null, "a claim and nginx", () => _agent.Log);
        _nginx.Hold();
        var task = _panel.Host(7, "new.test");
        await _nginx.IsReached(_agent);
        return task;
    }
}
