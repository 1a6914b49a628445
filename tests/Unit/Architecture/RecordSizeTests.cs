using System.Reflection;
using MPanel.Database;
using MPanel.Database.Lists;
using MPanel.Jobs.Engine;
using MPanel.NodeAgent.Contract;
using MPanel.Web;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>
/// A record of more than ten values is split by what they speak of, so that a reader finds one by its part. A list's row, one object of the
/// API's JSON and a section of the settings are flat by their nature; any other flat one is named here, with its reason.
/// </summary>
public sealed class RecordSizeTests
{
    private const int Most = 10;

    private static readonly Dictionary<string, string> Flat = new()
    {
        ["AdminOrderRow"] = "one object of the API's JSON",
        ["CreditNoteDetail"] = "a document: its parts are records of their own",
        ["HostingSpec"] = "one object of the agent's JSON",
        ["InvoiceDetail"] = "a document: its parts are records of their own",
        ["MetricsPoint"] = "a row of columns: the points of charts",
        ["NodeMetrics"] = "one object of the agent's JSON",
        ["ProductPatch"] = "one object of the API's JSON",
        ["TraceStep"] = "set by name: each kind of stop has some of them",
    };

    private static readonly Assembly[] Shipped =
    [
        typeof(Migrator).Assembly,
        typeof(JobEngineServices).Assembly,
        typeof(PanelApp).Assembly,
        Assembly.Load("MPanel.NodeAgent"),
        typeof(HostingSpec).Assembly,
    ];

    [Fact]
    public void Records_OfMoreThanTenValues_AreFlatByNatureOrNamedHere() =>
        Assert.Equal(
            Flat.Keys.Order(StringComparer.Ordinal),
            Large().Where(r => !IsFlatByNature(r)).Select(r => r.Name).Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("OrderRow")]
    [InlineData("ServerFullView")]
    public void Large_OfWhatIsThere_AreFound(string name) => Assert.Contains(Large(), r => r.Name == name && IsFlatByNature(r));

    private static IEnumerable<Type> Large() =>
        Shipped.SelectMany(a => a.GetTypes()).Where(type => type.GetMethod("<Clone>$") is not null && Values(type) > Most);

    /// <summary>What is given to it, and not what it works out.</summary>
    private static int Values(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Count(property => property.CanWrite);

    private static bool IsFlatByNature(Type record) =>
        record.IsAssignableTo(typeof(IListRow))
        || record.Name.EndsWith("Options", StringComparison.Ordinal)
        || (
            record.Name.EndsWith("View", StringComparison.Ordinal)
            && record.Namespace!.StartsWith("MPanel.Web.Api", StringComparison.Ordinal)
        );
}
