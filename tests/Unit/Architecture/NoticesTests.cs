using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>THIRD-PARTY-NOTICES.md names everything of others that ships, and nothing else.</summary>
public sealed partial class NoticesTests
{
    private static readonly string Notices = SourceTree.Read("THIRD-PARTY-NOTICES.md");

    [Fact]
    public void Packages_AreThoseOfTheLockFiles() =>
        Assert.Equal(
            ShippedPackages.All().Select(package => $"{package.Name} {package.Version}").Distinct().Order(StringComparer.Ordinal),
            Packages(Notices).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void VendoredDirectories_AreNamed() =>
        Assert.Equal(VendoredFiles.Directories().Order(StringComparer.Ordinal), Directories(Notices).Order(StringComparer.Ordinal));

    [Fact]
    public void Packages_OfATable_AreNameAndVersion()
    {
        const string table = """
            | Package | Version | Licence | Copyright | In |
            |---|---|---|---|---|
            | A.B | 1.2.3 | MIT | © A | server |
            | `lib/x` | X 1.0 | MIT | © X | server |
            | | with Y | MIT | © Y | server |
            """;

        Assert.Equal(["A.B 1.2.3"], Packages(table));
        Assert.Equal(["lib/x"], Directories(table));
    }

    private static IEnumerable<string> Packages(string markdown) =>
        PackageRow().Matches(markdown).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");

    private static IEnumerable<string> Directories(string markdown) => DirectoryRow().Matches(markdown).Select(row => row.Groups[1].Value);

    [GeneratedRegex(@"^\| ([\w.-]+) \| (\d[\w.+-]*) \| [^|]+ \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex PackageRow();

    [GeneratedRegex(@"^\| `([^`]+)` \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex DirectoryRow();
}
