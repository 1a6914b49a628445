using MPanel.Web;

namespace MPanel.Tests.Unit.Web;

public sealed class GoneSettingsTests
{
    [Theory]
    [InlineData("Jobs:Walk", "true")]
    [InlineData("Jobs:SweepBatch", "100")]
    [InlineData("Jobs:DispatchGrace", "00:00:05")]
    [InlineData("Jobs:RedispatchAfter", "00:01:00")]
    [InlineData("Jobs:ReportInterval", "00:00:05")]
    public void Build_WithASettingThatIsGone_NamesIt(string setting, string value) =>
        Assert.Contains(
            $"{setting} is set, and is gone",
            StartFailure.Explain(Assert.Throws<InvalidSettingException>(() => PanelApp.Build([$"--{setting}={value}"]))),
            StringComparison.Ordinal
        );
}
