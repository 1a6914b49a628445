using MPanel.NodeAgent.Work;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>The agent is killed after every effect by which it splits the access log: no line is lost, and none comes or counts twice.</summary>
public sealed class AccessLogKillTests : IAsyncLifetime
{
    private const int Killed = 137;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public static TheoryData<string> Effects => new(Effect.OfLogs.Select(e => e.Name));

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code, ("AccessLogSeconds", "1"));
        await _panel.Succeeds(_panel.Host(7, "a.test"), _agent);
        await _panel.Succeeds(_panel.Host(8, "b.test"), _agent);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Effects))]
    public async Task Split_KilledAfterAnEffect_KeepsAndCountsEachLineOnce(string effect)
    {
        await _agent.Get("a.test", "/before");
        await Until("/before");
        await _agent.Stop();
        _panel.DropClaims();
        // Of another day, so that it ends with the next line.
        var yesterday = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 86_400).UtcDateTime;
        File.SetLastWriteTimeUtc(Path.Combine(AccessLogNode.DirectoryOf(_agent, 7), "access.log"), yesterday);
        for (var i = 0; i < 20; i++)
            await _agent.Get(i % 2 == 0 ? "a.test" : "b.test", $"/line-{i}-");

        _agent.Restart(("Faults:DieAfter", effect));
        Assert.True(await _agent.WaitForExit(Bound) == Killed, _agent.Log);
        _panel.DropClaims();
        await _agent.Get("a.test", "/meanwhile");
        _agent.Restart();

        await Until("/meanwhile");
        await Wait.Until(() => AccessLogNode.Taken(_agent).Length == 0, "all to be read", () => _agent.Log);
        var (a, b) = (AccessLogNode.Of(_agent, 7), AccessLogNode.Of(_agent, 8));
        for (var i = 0; i < 20; i++)
            Assert.Single((i % 2 == 0 ? a : b).Split('\n'), l => l.Contains($"/line-{i}-", StringComparison.Ordinal));
        // The first page of each besides, which the agent asked for.
        Assert.Equal((13, 11), (AccessLogNode.Requests(_agent, 7), AccessLogNode.Requests(_agent, 8)));
        string[] kept = ["access.log", $"access.log.{yesterday:yyyy-MM-dd}.1.gz"];
        await Wait.Until(() => Files().SequenceEqual(kept), "yesterday's log to be packed", () => string.Join(' ', Files()));
    }

    private string[] Files() =>
        [.. Directory.GetFiles(AccessLogNode.DirectoryOf(_agent, 7)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private Task Until(string text) =>
        Wait.Until(() => AccessLogNode.Of(_agent, 7).Contains(text, StringComparison.Ordinal), $"{text} in the log", () => _agent.Log);
}
