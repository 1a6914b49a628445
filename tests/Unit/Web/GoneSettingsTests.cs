using MPanel.Web;

namespace MPanel.Tests.Unit.Web;

public sealed class GoneSettingsTests
{
    [Fact]
    public void Build_WithASettingThatIsGone_NamesIt() =>
        Assert.Contains(
            "Jobs:Walk is set, and is gone",
            StartFailure.Explain(Assert.Throws<InvalidSettingException>(() => PanelApp.Build(["--Jobs:Walk=true"]))),
            StringComparison.Ordinal
        );
}
