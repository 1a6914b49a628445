using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>Development without root: no system users, everything belongs to the one who runs the agent.</summary>
public sealed class UnprivilegedTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code);
        _agent.RunAs("nobody");
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Create_WithoutRoot_TheSiteAnswersAndNoUserIsMade()
    {
        _agent.Restart(("SystemUsers", "false"));

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        Assert.Contains("<h1>new.test</h1>", (await _agent.Get("new.test")).Body, StringComparison.Ordinal);
        Assert.Empty(_agent.Users());
        Assert.Contains("sites/s7/public d 755 65534:65534", await NodeState.Of(_agent, 7), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithSystemUsersAndWithoutRoot_SaysItInOneSentenceAndEnds()
    {
        _agent.Restart();

        Assert.Equal(2, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Contains("Agent:SystemUsers needs root", Assert.Single(_agent.Log.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
