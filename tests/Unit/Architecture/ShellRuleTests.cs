namespace MPanel.Tests.Unit.Architecture;

public sealed class ShellRuleTests
{
    [Fact]
    public void Product_StartsNoShell() => Assert.Empty(SourceTree.Product.SelectMany(ShellRule.Check));

    [Theory]
    [InlineData("""Process.Start("/bin/sh", ["-c", command]);""")]
    [InlineData("""new ProcessStartInfo("bash");""")]
    [InlineData("""new ProcessStartInfo(nginx) { UseShellExecute = true };""")]
    public void Check_OfAShell_Finds(string planted) =>
        Assert.NotEmpty(ShellRule.Check(new SourceFile("MPanel.NodeAgent/Hosting/Planted.cs", planted)));

    [Theory]
    [InlineData("""new ProcessStartInfo("/usr/sbin/nginx", ["-t"]);""")]
    [InlineData("""start.ArgumentList.Add("-t");""")]
    [InlineData("""var text = "a fresh start";""")]
    public void Check_OfAnArgumentList_IsSilent(string text) =>
        Assert.Empty(ShellRule.Check(new SourceFile("MPanel.NodeAgent/Hosting/Fine.cs", text)));
}
