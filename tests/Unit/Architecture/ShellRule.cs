using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>No program is started by a shell: a domain name must not become a command. That it gets no command line is seen to by BannedSymbols.txt.</summary>
public static partial class ShellRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        foreach (var text in file.Strings.Where(s => Shell().IsMatch(s.Text)))
            yield return file.Violation(text.Line, "a shell");
        foreach (var line in file.Code.Where(l => ShellExecute().IsMatch(l.Text)))
            yield return file.Violation(line.Line, "a shell that finds out what to start");
    }

    [GeneratedRegex(@"^(/usr)?(/bin/)?(ba|da|z)?sh$")]
    private static partial Regex Shell();

    [GeneratedRegex(@"\bUseShellExecute\s*=\s*true\b")]
    private static partial Regex ShellExecute();
}
