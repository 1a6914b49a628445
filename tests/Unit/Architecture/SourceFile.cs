namespace MPanel.Tests.Unit.Architecture;

/// <param name="Path">From the root of the repository, with slashes.</param>
public sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<CSharpText> _parts = new(() => new CSharpText(Text));

    public IReadOnlyList<Fragment> Code => _parts.Value.CodeLines;
    public IReadOnlyList<Fragment> Strings => _parts.Value.Strings;
    public IReadOnlyList<Fragment> Comments => _parts.Value.Comments;

    public bool IsIn(string directory) => Path.StartsWith(directory + "/", StringComparison.Ordinal);

    public string Violation(int line, string what) => $"{Path}:{line}: {what}";
}
