using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

public sealed class StartTests : IAsyncLifetime
{
    private const int BadSettings = 2;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code, ("RefusedRetrySeconds", "1"));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Theory]
    [InlineData("PanelUrl", "", "Agent:PanelUrl is missing")]
    [InlineData("PanelUrl", "http://panel.example.com", "Agent:PanelUrl is plain http to another machine")]
    [InlineData("StateDirectory", "", "Agent:StateDirectory is missing")]
    [InlineData("SitesDirectory", "", "Agent:SitesDirectory is missing")]
    [InlineData("SitesDirectory", "/srv/a b", "Agent:SitesDirectory must be an absolute path")]
    [InlineData("NginxPrefix", "", "Agent:NginxPrefix is missing")]
    [InlineData("NginxBinary", "/nowhere/nginx", "install nginx")]
    [InlineData("EnrolmentCode", "", "Agent:EnrolmentCode is not set")]
    [InlineData("Slots", "0", "Agent:Slots must be between 1 and 64")]
    [InlineData("Slots", "many", "Agent:Slots")]
    [InlineData("UidBase", "1000", "Agent:UidBase must be between")]
    public async Task Start_WithABadSetting_SaysItInOneSentenceAndEnds(string name, string value, string sentence)
    {
        _agent.Restart((name, value));

        Assert.Equal(BadSettings, await _agent.WaitForExit(Bound));
        Assert.StartsWith("The agent cannot start: ", _agent.Log, StringComparison.Ordinal);
        Assert.Contains(sentence, Assert.Single(_agent.Log.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithASitesDirectoryOthersWriteTo_Refuses()
    {
        Directory.CreateDirectory(_agent.SitesDirectory);
        File.SetUnixFileMode(_agent.SitesDirectory, (UnixFileMode)0b111_111_111);

        _agent.Restart();

        Assert.Equal(BadSettings, await _agent.WaitForExit(Bound));
        Assert.Contains("only the agent's own user can write to", _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwiceWithOneStateDirectory_RefusesTheSecond()
    {
        _agent.Restart();
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await using var second = AgentProcess.Prepare(_panel.Url, _panel.Code, ("StateDirectory", _agent.StateDirectory));

        second.Restart();

        Assert.Equal(BadSettings, await second.WaitForExit(Bound));
        Assert.Contains("Another agent runs with the state directory", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrol_TheFirstTime_KeepsTheTokenPrivatelyAndUsesItEverAfter()
    {
        _agent.Restart();
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("EnrolmentCode", ""));
        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        Assert.Equal(1, _panel.Enrolments);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_agent.StateDirectory, "token.json"))
        );
        Assert.DoesNotContain(_panel.Token, _agent.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(_panel.Code, _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrol_WithARefusedCode_SaysSoAndAsksAgainWithoutEnding()
    {
        var right = _panel.Code;
        _panel.Code = "another";
        _agent.Restart();
        await Wait.Until(() => _panel.Enrolments >= 2, "a second try", () => _agent.Log);

        _panel.Code = right;

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
        Assert.Contains("The panel refused the enrolment code (401 code_invalid", _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrol_WithThePanelDown_StartsNginxAndWaits()
    {
        _panel.Instead = _ => 503;
        _agent.Restart();
        await Wait.Until(() => _agent.NginxMaster() is not null, "nginx", () => _agent.Log);
        await Wait.Until(() => _agent.Log.Contains("Could not enrol", StringComparison.Ordinal), "a failed try", () => _agent.Log);

        _panel.Instead = _ => null;

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
    }

    [Fact]
    public async Task Token_RevokedLater_IsSaidAndANewOneInTheFileIsTaken()
    {
        _agent.Restart();
        await Wait.Until(() => _panel.Claims > 0, "a claim", () => _agent.Log);
        _panel.Token = "mpa_" + Guid.NewGuid().ToString("N");
        await Wait.Until(
            () => _agent.Log.Contains("refused this agent's token", StringComparison.Ordinal),
            "the refusal to be said",
            () => _agent.Log
        );
        Assert.False(_agent.HasExited);

        await File.WriteAllTextAsync(
            Path.Combine(_agent.StateDirectory, "token.json"),
            $$"""{"server":"srv1","token":"{{_panel.Token}}"}"""
        );

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);
    }

    [Fact]
    public async Task Faults_OutsideDevelopment_AreNotHonoured()
    {
        _agent.Restart(("Faults:DieAfter", "lock"));
        _agent.Environment = "Production";
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart();

        await _panel.Succeeds(_panel.Host(7, "new.test"), _agent);

        var line = _agent.Log.Split('\n').First(l => l.Contains("user.add", StringComparison.Ordinal));
        var entry = System.Text.Json.JsonDocument.Parse(line).RootElement;
        Assert.Equal(
            ("corr-1", 1, "srv1", "new.test"),
            (
                entry.GetProperty("CorrelationId").GetString(),
                entry.GetProperty("TaskId").GetInt32(),
                entry.GetProperty("Server").GetString(),
                entry.GetProperty("Domain").GetString()
            )
        );
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_agent.StateDirectory, "logs"), "agent-*.json"));
    }

    [Fact]
    public async Task Version_IsPrinted() =>
        Assert.Equal(
            $"MPanel.NodeAgent {MPanel.NodeAgent.AgentVersion.Current}\n",
            await NodeState.Run("dotnet", typeof(MPanel.NodeAgent.AgentOptions).Assembly.Location, "--version")
        );
}
