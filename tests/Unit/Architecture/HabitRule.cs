using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>Habits that rot a code base: unfinished work, swallowed exceptions, names that say nothing, builds that differ by symbol.</summary>
public static partial class HabitRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        foreach (var comment in file.Comments.Where(c => Plan().IsMatch(c.Text)))
            yield return file.Violation(comment.Line, "a plan left as a comment");
        foreach (var line in file.Code)
        {
            if (Unfinished().IsMatch(line.Text))
                yield return file.Violation(line.Line, "unfinished");
            if (EmptyName().IsMatch(line.Text))
                yield return file.Violation(line.Line, "a type whose name says nothing");
            if (Conditional().IsMatch(line.Text))
                yield return file.Violation(line.Line, "a part that is built on some machines only");
        }
        var code = string.Join('\n', file.Code.Select(l => l.Text));
        foreach (Match swallow in Swallowed().Matches(code))
            yield return file.Violation(code.AsSpan(0, swallow.Index).Count('\n') + 1, "an exception of any kind, swallowed");
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Plan();

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex Unfinished();

    // A tag helper is what Razor calls one.
    [GeneratedRegex(@"\b(class|record|struct|interface)\s+(?!\w+TagHelper\b)\w*(Manager|Helper|Helpers|Util|Utils|Utilities|Base)\b")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"^\s*#\s*if\b")]
    private static partial Regex Conditional();

    // A comment inside does not make it better: code holds none.
    [GeneratedRegex(@"\bcatch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\)\s*)?\{\s*\}")]
    private static partial Regex Swallowed();
}
