using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>Time comes from TimeProvider, so that tests decide what time it is.</summary>
public static partial class ClockRule
{
    public static IEnumerable<string> Check(SourceFile file) =>
        file.Code.Where(line => Clock().IsMatch(line.Text)).Select(line => file.Violation(line.Line, "the system clock, read directly"));

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\s*\.\s*(Now|UtcNow|Today)\b|\bStopwatch\b|\bTickCount(64)?\b")]
    private static partial Regex Clock();
}
