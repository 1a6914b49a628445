using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class TrafficReportTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code, ("AccessLogSeconds", "1"));
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Report_OfADay_IsItsTotalSoFarAndSaidAgainAfterAStart()
    {
        for (var i = 0; i < 3; i++)
            await _agent.Get("a.test", "/x");
        await Heard(4);
        Assert.All(_panel.Traffic.SelectMany(t => t.Items), item => Assert.True(item.BytesOut > item.BytesIn && item.BytesIn > 0));

        await _agent.Stop();
        _panel.DropClaims();
        var before = _panel.Traffic.Length;
        _agent.Restart();
        await _agent.Get("a.test", "/y");
        await Heard(5);

        // No total is less than the one before.
        var totals = _panel.Traffic.SelectMany(t => t.Items).GroupBy(i => i.Day).Select(day => day.Select(i => i.Requests));
        Assert.All(totals, day => Assert.Equal(day.Order(), day));
        Assert.True(_panel.Traffic.Length > before);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(401)]
    public async Task Report_ThatThePanelDidNotHear_IsSaidLater(int status)
    {
        _panel.Instead = word => word == "traffic" ? status : null;
        await _agent.Get("a.test", "/x");
        await Wait.Until(() => AccessLogNode.Requests(_agent, 7) == 2, "both counted", () => _agent.Log);
        Assert.Empty(_panel.Traffic);

        _panel.Instead = _ => null;

        await Heard(2);
    }

    [Fact]
    public async Task Report_ToAPanelWithoutTheRoute_WaitsAndEverythingElseGoesOn()
    {
        var asked = 0;
        _panel.Instead = word => word == "traffic" && Interlocked.Increment(ref asked) > 0 ? 404 : null;
        await _agent.Get("a.test", "/x");
        await Wait.Until(
            () => _agent.Log.Contains("does not take the websites' traffic", StringComparison.Ordinal),
            "it to be said",
            () => _agent.Log
        );

        await _panel.Succeeds(_panel.Host(8, "b.test"), _agent);
        await _agent.Get("b.test", "/y");
        await Wait.Until(() => AccessLogNode.Requests(_agent, 8) == 2, "it counted", () => _agent.Log);

        Assert.Equal(1, asked);
    }

    private Task Heard(long requests) =>
        Wait.Until(
            () =>
                _panel.Traffic.SelectMany(t => t.Items).Where(i => i.WebsiteId == 7).GroupBy(i => i.Day).Sum(d => d.Max(i => i.Requests))
                == requests,
            $"{requests} requests at the panel",
            () => _agent.Log
        );
}
