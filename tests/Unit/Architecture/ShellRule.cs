using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>External programs get argument lists, never a line for a shell: a domain name must not become a command.</summary>
public static partial class ShellRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        foreach (var text in file.Strings.Where(s => Shell().IsMatch(s.Text)))
            yield return file.Violation(text.Line, "a shell");
        foreach (var line in file.Code.Where(l => ArgumentLine().IsMatch(l.Text)))
            yield return file.Violation(line.Line, "a command line instead of an argument list");
    }

    [GeneratedRegex(@"^(/usr)?(/bin/)?(ba|da|z)?sh$")]
    private static partial Regex Shell();

    [GeneratedRegex(@"\bUseShellExecute\s*=\s*true\b|\.Arguments\s*=|\bArguments\s*=\s*(?=[^=\[])")]
    private static partial Regex ArgumentLine();
}
