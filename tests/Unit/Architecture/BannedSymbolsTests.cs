using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>The build refuses what BannedSymbols.txt names. A name that is nobody's would ban nothing, without a word.</summary>
public sealed partial class BannedSymbolsTests
{
    public static TheoryData<string> Symbols => [.. SourceTree.Read("BannedSymbols.txt").Split('\n').Where(line => line.Length > 0)];

    [Theory]
    [MemberData(nameof(Symbols))]
    public void Symbol_Exists(string line)
    {
        var name = Symbol().Match(line);
        Assert.True(name.Success, line);
        var type = Find(name.Groups["type"].Value);

        Assert.NotNull(type);
        if (name.Groups["kind"].Value == "P")
            Assert.NotNull(type.GetProperty(name.Groups["member"].Value));
        else if (name.Groups["kind"].Value == "M")
            Assert.NotNull(
                Parameters(name) is var parameters && name.Groups["member"].Value == "#ctor"
                    ? type.GetConstructor(parameters)
                    : (object?)type.GetMethod(name.Groups["member"].Value, parameters)
            );
    }

    private static Type[] Parameters(Match name) =>
        [.. name.Groups["parameter"].Captures.Select(p => Find(p.Value) ?? throw new InvalidOperationException(p.Value))];

    private static Type? Find(string name) => typeof(object).Assembly.GetType(name) ?? typeof(Process).Assembly.GetType(name);

    [GeneratedRegex(
        @"^(?<kind>T):(?<type>[\w.]+);.+\.$|^(?<kind>[PM]):(?<type>[\w.]+)\.(?<member>#?\w+)(\(((?<parameter>[\w.]+),?)+\))?;.+\.$"
    )]
    private static partial Regex Symbol();
}
