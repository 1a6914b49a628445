using System.Reflection;
using MPanel.Database;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Unit.Architecture;

public sealed class ReferenceRuleTests
{
    private const string Contract = "MPanel.NodeAgent/Contract/MPanel.NodeAgent.Contract.csproj";

    [Theory]
    [InlineData("Database/MPanel.Database.csproj")]
    [InlineData("MPanel.Jobs/MPanel.Jobs.csproj", "MPanel.Database", "MPanel.NodeAgent.Contract")]
    [InlineData("MPanel.Web/MPanel.Web.csproj", "MPanel.Jobs", "MPanel.Database", "MPanel.NodeAgent.Contract")]
    [InlineData("MPanel.NodeAgent/MPanel.NodeAgent.csproj", "MPanel.NodeAgent.Contract")]
    [InlineData(Contract)]
    public void Project_RefersOnlyDownwards(string project, params string[] allowed) =>
        Assert.Empty(ReferenceRule.Strangers(ReferenceRule.Projects(SourceTree.Read(project)), allowed));

    [Fact]
    public void NodeAgent_HoldsNoDatabaseAccess() =>
        Assert.Empty(
            ReferenceRule.Forbidden(
                ReferenceRule.Resolved(SourceTree.Read("MPanel.NodeAgent/packages.lock.json")),
                "Npgsql",
                "Dapper",
                "MPanel.Database",
                "MPanel.Jobs"
            )
        );

    [Fact]
    public void Contract_RefersToTheBaseLibraryOnly()
    {
        Assert.Empty(
            ReferenceRule.Strangers(
                ReferenceRule.Resolved(SourceTree.Read("MPanel.NodeAgent/Contract/packages.lock.json")),
                "Microsoft.CodeAnalysis.BannedApiAnalyzers" // of the build alone
            )
        );
        Assert.Empty(ReferenceRule.Frameworks(SourceTree.Read(Contract)));
        Assert.Empty(
            ReferenceRule.Strangers(
                References(typeof(WorkerRoutes).Assembly).Where(name => !name.StartsWith("System.", StringComparison.Ordinal))
            )
        );
    }

    [Fact]
    public void Database_KnowsNoHttp()
    {
        Assert.Empty(ReferenceRule.Frameworks(SourceTree.Read("Database/MPanel.Database.csproj")));
    }

    [Fact]
    public void Projects_ReadsReferences()
    {
        const string project = """
            <Project><ItemGroup>
              <ProjectReference Include="../Database/MPanel.Database.csproj" />
              <FrameworkReference Include="Microsoft.AspNetCore.App" />
            </ItemGroup></Project>
            """;

        Assert.Equal(["MPanel.Database"], ReferenceRule.Strangers(ReferenceRule.Projects(project), "MPanel.Jobs"));
        Assert.Empty(ReferenceRule.Strangers(ReferenceRule.Projects(project), "MPanel.Database"));
        Assert.Equal(["Microsoft.AspNetCore.App"], ReferenceRule.Frameworks(project));
    }

    [Fact]
    public void Forbidden_OfAPackageThatComesAlong_Finds()
    {
        const string locked = """
            { "version": 1, "dependencies": { "net10.0": {
              "Npgsql.OpenTelemetry": { "type": "Transitive", "resolved": "10.0.0" },
              "Serilog": { "type": "Direct", "resolved": "3.1.1" },
              "mpanel.database": { "type": "Project" } } } }
            """;

        Assert.Equal(
            ["Npgsql.OpenTelemetry", "mpanel.database"],
            ReferenceRule.Forbidden(ReferenceRule.Resolved(locked), "Npgsql", "MPanel.Database")
        );
    }

    [Fact]
    public void References_OfThisAssembly_ShowsHttp() =>
        Assert.NotEmpty(ReferenceRule.Forbidden(References(typeof(ReferenceRuleTests).Assembly), "xunit"));

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
