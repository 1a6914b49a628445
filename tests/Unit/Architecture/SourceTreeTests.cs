namespace MPanel.Tests.Unit.Architecture;

/// <summary>A rule that looks at nothing always holds: these see that the rules look at the product.</summary>
public sealed class SourceTreeTests
{
    [Theory]
    [InlineData("Database/Migrator.cs")]
    [InlineData("MPanel.Jobs/Engine/IStep.cs")]
    [InlineData("MPanel.Web/Program.cs")]
    [InlineData("MPanel.NodeAgent/Program.cs")]
    [InlineData("MPanel.NodeAgent/Contract/WorkerApi.cs")]
    public void Product_HoldsEveryProject(string file) => Assert.Contains(SourceTree.Product, f => f.Path == file);

    [Fact]
    public void Solution_HoldsEveryProjectOnDisk()
    {
        var solution = SourceTree.Read("MPanel.sln").Replace('\\', '/');
        var projects = SourceTree.Files(".", "*.csproj").Select(f => f.Path);

        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }
}
