using System.Net;
using System.Net.Sockets;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>What stands in the way is said in one plain sentence, and nothing is left behind.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly LauncherSettings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Up_WithATakenPort_NamesPortAndSetting()
    {
        using var other = new TcpListener(IPAddress.Loopback, _settings.ApiPort);
        other.Start();

        var said = await _settings.RunToEnd(1, "up");

        Assert.Contains($"mpanel: port {_settings.ApiPort}, wanted for the API, is taken", said, StringComparison.Ordinal);
        Assert.Contains("MPANEL_API_PORT", said, StringComparison.Ordinal);
        Assert.Empty(InstanceProcesses.Of(_settings.DataDirectory));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("test")]
    [InlineData("demo")]
    public async Task Verb_WithoutRoot_SaysSo(string verb)
    {
        using var run = LauncherRun.Start(
            _settings.Environment,
            [verb],
            "/usr/bin/setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups"
        );

        Assert.Equal(1, await run.End());
        Assert.Contains("mpanel: this needs root", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_InProductionWithoutStripeKey_Refuses()
    {
        _settings.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";

        Assert.Contains("mpanel: no Stripe key is set", await _settings.RunToEnd(1, "up"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MPANEL_API_PORT", "80000", "MPANEL_API_PORT is a port")]
    [InlineData("MPANEL_PG_PORT", "22; id", "MPANEL_PG_PORT is a port")]
    [InlineData("MPANEL_DATA", "/tmp/a b", "MPANEL_DATA may hold")]
    [InlineData("MPANEL_DATA", "/proc/mpanel", "/proc/mpanel needs 1024 MiB of free disk space")]
    public async Task Up_WithAnImpossibleSetting_NamesIt(string setting, string value, string sentence)
    {
        _settings.Environment[setting] = value;

        Assert.Contains($"mpanel: {sentence}", await _settings.RunToEnd(1, "up"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up", "--engines", "up takes no options, and --engines is one")]
    [InlineData("up", "--engine", "--engine is gone: Hangfire is the one job engine")]
    [InlineData("test", "--gateway", "--gateway is gone: Stripe.net is the one payment gateway")]
    public async Task Verb_WithAnOptionThereIsNot_NamesIt(string verb, string option, string sentence) =>
        Assert.Contains($"mpanel: {sentence}", await _settings.RunToEnd(1, verb, option, "quartz"), StringComparison.Ordinal);

    [Theory]
    [InlineData("MPANEL_ENGINE", "quartz")]
    [InlineData("MPANEL_GATEWAY", "stripenet")]
    [InlineData("MPANEL_NUGET_SOURCE", "/tmp/feed")]
    public async Task Up_WithASettingThatIsGone_NamesIt(string setting, string value)
    {
        _settings.Environment[setting] = value;

        Assert.Contains($"mpanel: {setting} is gone: ", await _settings.RunToEnd(1, "up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WithAClosedDirectoryAbove_SaysWhoCannotEnter()
    {
        var closed = Directory.CreateDirectory(
            Path.Combine(_settings.DataDirectory, "closed"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite
        );
        _settings.Environment["MPANEL_DATA"] = Path.Combine(closed.FullName, "data");

        Assert.Contains("mpanel: user postgres cannot enter", await _settings.RunToEnd(1, "up"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("admin")]
    public async Task Verb_WithNothingRunning_SaysSo(string verb) =>
        Assert.Contains("mpanel: MPanel is not running", await _settings.RunToEnd(1, verb), StringComparison.Ordinal);

    [Fact]
    public async Task UnknownVerb_PointsToHelp() =>
        Assert.Contains("./mpanel help", await _settings.RunToEnd(1, "upp"), StringComparison.Ordinal);

    [Fact]
    public async Task Help_NamesEveryVerb()
    {
        var said = await _settings.RunToEnd(0, "help");

        Assert.All(
            ["up", "demo", "test", "faults", "bench", "help"],
            verb => Assert.Contains($"./mpanel {verb}", said, StringComparison.Ordinal)
        );
    }
}
