namespace MPanel.Tests.Unit.Architecture;

public sealed class EngineRuleTests
{
    [Fact]
    public void Product_KnowsHangfireInItsFolderAlone() => Assert.Empty(SourceTree.Product.SelectMany(EngineRule.Check));

    [Theory]
    [InlineData("MPanel.Jobs/Orders/Planted.cs", "using Hangfire;")]
    [InlineData("MPanel.Jobs/Engine/Planted.cs", "using Hangfire.Common;")]
    [InlineData("MPanel.Web/Api/Planted.cs", "public void Add(IBackgroundJobClient client) { }")]
    [InlineData("MPanel.Web/Api/Planted.cs", "Hangfire.Common.Job job = new Planted();")]
    public void Check_OfHangfireElsewhere_Finds(string path, string planted) =>
        Assert.NotEmpty(EngineRule.Check(new SourceFile(path, planted)));

    [Theory]
    [InlineData("MPanel.Jobs/Engine/Hangfire/JobEngine.cs", "using Hangfire;")]
    [InlineData("MPanel.Web/PanelFeatures.cs", "using MPanel.Jobs.Engine.Hangfire;")]
    [InlineData("MPanel.Web/JobsDashboard.cs", "using MPanel.Jobs.Engine.Hangfire.Dashboard;")]
    [InlineData("MPanel.Web/PanelFeatures.cs", "services.AddHangfireEngine();")]
    public void Check_OfItsFolderOrOurNamespace_IsSilent(string path, string text) =>
        Assert.Empty(EngineRule.Check(new SourceFile(path, text)));
}
