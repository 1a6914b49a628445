using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>The job engines are known to their adapters alone; the composition root picks one through the adapter's Add method.</summary>
public static partial class EngineRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        if (file.IsIn("MPanel.Jobs/Engine/Quartz") || file.IsIn("MPanel.Jobs/Engine/Hangfire"))
            yield break;
        foreach (var line in file.Code.Where(l => Engine().IsMatch(l.Text) && !OwnAdapter().IsMatch(l.Text)))
            yield return file.Violation(line.Line, "an engine's type outside its adapter");
    }

    [GeneratedRegex(
        @"\b(Quartz|Hangfire)\s*[.;]|\b(ISchedulerFactory|IJobDetail|IJobExecutionContext|IBackgroundJobClient|IRecurringJobManager)\b"
    )]
    private static partial Regex Engine();

    // The adapter's own namespace may be named where the engine is chosen.
    [GeneratedRegex(@"^\s*using\s+MPanel\.Jobs\.Engine\.(Quartz|Hangfire)[\w.]*\s*;")]
    private static partial Regex OwnAdapter();
}
