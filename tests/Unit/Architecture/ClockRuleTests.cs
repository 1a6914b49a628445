namespace MPanel.Tests.Unit.Architecture;

public sealed class ClockRuleTests
{
    [Fact]
    public void Product_AsksTimeProvider() => Assert.Empty(SourceTree.Product.SelectMany(ClockRule.Check));

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = DateTimeOffset.Now;")]
    [InlineData("var now = System.DateTime.Today;")]
    [InlineData("var watch = Stopwatch.StartNew();")]
    [InlineData("var ticks = Environment.TickCount64;")]
    [InlineData("""var text = $"at {DateTimeOffset.UtcNow}";""")]
    public void Check_OfTheSystemClock_Finds(string planted) =>
        Assert.NotEmpty(ClockRule.Check(new SourceFile("MPanel.Jobs/Orders/Planted.cs", planted)));

    [Theory]
    [InlineData("var now = time.GetUtcNow();")]
    [InlineData("var start = time.GetTimestamp();")]
    [InlineData("// DateTime.UtcNow would not do")]
    [InlineData("""var text = "DateTime.UtcNow";""")]
    public void Check_OfAnythingElse_IsSilent(string text) =>
        Assert.Empty(ClockRule.Check(new SourceFile("MPanel.Jobs/Orders/Fine.cs", text)));
}
