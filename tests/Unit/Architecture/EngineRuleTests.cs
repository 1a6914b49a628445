namespace MPanel.Tests.Unit.Architecture;

public sealed class EngineRuleTests
{
    [Fact]
    public void Product_KnowsNoEngineOutsideItsAdapter() => Assert.Empty(SourceTree.Product.SelectMany(EngineRule.Check));

    [Theory]
    [InlineData("MPanel.Jobs/Orders/Planted.cs", "using Quartz;")]
    [InlineData("MPanel.Jobs/Engine/Planted.cs", "using Hangfire.Common;")]
    [InlineData("MPanel.Web/Api/Planted.cs", "public Task Execute(IJobExecutionContext context) => Task.CompletedTask;")]
    [InlineData("MPanel.Web/Api/Planted.cs", "Quartz.IJob job = new Planted();")]
    public void Check_OfAnEngineElsewhere_Finds(string path, string planted) =>
        Assert.NotEmpty(EngineRule.Check(new SourceFile(path, planted)));

    [Theory]
    [InlineData("MPanel.Jobs/Engine/Quartz/QuartzEngine.cs", "using Quartz;")]
    [InlineData("MPanel.Web/PanelFeatures.cs", "using MPanel.Jobs.Engine.Quartz;")]
    [InlineData("MPanel.Web/PanelEngine.Hangfire.cs", "using MPanel.Jobs.Engine.Hangfire.Dashboard;")]
    [InlineData("MPanel.Web/PanelFeatures.cs", "services.AddQuartzEngine(options);")]
    public void Check_OfTheAdapterOrTheChoice_IsSilent(string path, string text) =>
        Assert.Empty(EngineRule.Check(new SourceFile(path, text)));
}
