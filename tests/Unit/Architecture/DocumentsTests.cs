using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>The documents point at what is there.</summary>
public sealed partial class DocumentsTests
{
    /// <summary>Every document, with the text in which its links count: not what is code.</summary>
    private static IReadOnlyList<SourceFile> Documents { get; } =
    [
        .. new[] { "README.md", "CHANGELOG.md", "THIRD-PARTY-NOTICES.md" }.Select(path => new SourceFile(path, SourceTree.Read(path))),
        .. SourceTree.Files("docs", "*.md"),
    ];

    [Fact]
    public void Links_LeadToFilesAndHeadings() => Assert.Empty(Documents.SelectMany(Broken));

    [Fact]
    public void Paths_InContributing_AreThere() =>
        Assert.All(
            RepositoryPath().Matches(SourceTree.Read("docs/contributing.md")),
            path => Assert.True(Exists(path.Groups[1].Value), path.Value)
        );

    [Fact]
    public void Decisions_StandInTheIndexWithDateAndStatus()
    {
        var index = SourceTree.Read("docs/decisions/README.md");

        Assert.Equal(
            SourceTree.Files("docs/decisions", "0*.md").Select(IndexRow).Order(StringComparer.Ordinal),
            index.Split('\n').Where(line => line.StartsWith("| [", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("## When `./mpanel up` does not start", "when-mpanel-up-does-not-start")]
    [InlineData("### People who can't sign in", "people-who-cant-sign-in")]
    public void Anchor_OfAHeading_IsAsGitHubMakesIt(string heading, string anchor) => Assert.Equal([anchor], Anchors(heading));

    [Fact]
    public void Broken_OfLinks_NamesThoseThatLeadNowhere()
    {
        const string text = """
            # A heading
            [a](#a-heading) [b](#b) ![c](nowhere.png) [d](mpanel) `[e](code)` [f](README.md#nothing) [g](https://example.com/)
            """;

        Assert.Equal(["x.md: #b", "x.md: nowhere.png", "x.md: README.md#nothing"], Broken(new SourceFile("x.md", text)));
    }

    private static IEnumerable<string> Broken(SourceFile document) =>
        from link in Link().Matches(CodeSpan().Replace(document.Text, ""))
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal) && !Leads(document, target.Split('#'))
        select $"{document.Path}: {target}";

    private static bool Leads(SourceFile document, string[] target)
    {
        var path = Path.Combine(Path.GetDirectoryName(document.Path)!, target[0]);
        if (target[0].Length > 0 && !Exists(path))
            return false;
        return target.Length == 1 || Anchors(target[0].Length == 0 ? document.Text : SourceTree.Read(path)).Contains(target[1]);
    }

    private static IEnumerable<string> Anchors(string markdown) =>
        Heading()
            .Matches(markdown)
            .Select(heading => NotInAnchors().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string IndexRow(SourceFile decision)
    {
        var file = Path.GetFileName(decision.Path);
        var head = DecisionHead().Match(decision.Text);
        return $"| [{file[..4]}]({file}) | {head.Groups[1].Value} | {head.Groups[2].Value} | {head.Groups[3].Value} |";
    }

    private static bool Exists(string path) => Path.Exists(Path.Combine(SourceTree.Root, path));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    /// <summary>In backticks, with a slash, from the root, without a placeholder.</summary>
    [GeneratedRegex(@"`((?:Database|MPanel\.\w+|tests|launcher|docs)/[\w./-]*)`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\A# (.+)\n\n(2026-\d\d-\d\d), ((?:accepted|superseded by|withdrawn).*?)\.(?: |$)", RegexOptions.Multiline)]
    private static partial Regex DecisionHead();
}
