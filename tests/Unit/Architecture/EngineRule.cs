using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>Hangfire is known to its own folder alone; the composition root adds what stands there.</summary>
public static partial class EngineRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        if (file.IsIn("MPanel.Jobs/Engine/Hangfire"))
            yield break;
        foreach (var line in file.Code.Where(l => Engine().IsMatch(l.Text) && !OwnFolder().IsMatch(l.Text)))
            yield return file.Violation(line.Line, "a type of Hangfire's outside its folder");
    }

    [GeneratedRegex(@"\bHangfire\s*[.;]|\b(IBackgroundJobClient|IBackgroundJobClientV2|IRecurringJobManager|JobStorage)\b")]
    private static partial Regex Engine();

    // Our own namespace of the same name may be named.
    [GeneratedRegex(@"^\s*using\s+MPanel\.Jobs\.Engine\.Hangfire[\w.]*\s*;")]
    private static partial Regex OwnFolder();
}
