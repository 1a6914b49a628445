using System.Reflection;
using MPanel.Database;
using MPanel.Jobs.Engine;
using MPanel.Web;
using NetArchTest.Rules;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>Who may know whom, as it was compiled.</summary>
public sealed class DependencyTests
{
    private const string EngineFolder = "MPanel.Jobs.Engine.Hangfire";

    [Fact]
    public void Hangfire_IsKnownToItsFolderAlone() =>
        Assert.Empty(
            Offenders(
                Types
                    .InAssemblies([typeof(JobEngineServices).Assembly, typeof(PanelApp).Assembly])
                    .That()
                    .DoNotResideInNamespace(EngineFolder),
                "Hangfire"
            )
        );

    [Fact]
    public void Database_KnowsNoHttp() =>
        Assert.Empty(Offenders(Types.InAssembly(typeof(Migrator).Assembly).That().AreClasses(), "Microsoft.AspNetCore", "System.Net.Http"));

    [Fact]
    public void NodeAgent_KnowsNoDatabase() =>
        Assert.Empty(
            Offenders(Types.InAssembly(Assembly.Load("MPanel.NodeAgent")).That().AreClasses(), "Npgsql", "Dapper", "MPanel.Database")
        );

    [Theory]
    [InlineData("MPanel.Jobs", "Hangfire", "MPanel.Jobs.Engine.Hangfire")]
    [InlineData("MPanel.Database", "Npgsql", "MPanel.Database")]
    [InlineData("MPanel.NodeAgent", "System.Net.Http", "MPanel.NodeAgent")]
    public void Offenders_OfWhatIsThere_AreFound(string assembly, string dependency, string where) =>
        Assert.Contains(
            Offenders(Types.InAssembly(Assembly.Load(assembly)).That().AreClasses(), dependency),
            name => name.StartsWith(where, StringComparison.Ordinal)
        );

    private static IEnumerable<string> Offenders(PredicateList types, params string[] dependencies) =>
        types.ShouldNot().HaveDependencyOnAny(dependencies).GetResult().FailingTypes?.Select(type => type.FullName!) ?? [];
}
