using MPanel.Faults.Fire;
using MPanel.Faults.Invariants;

namespace MPanel.Faults.Reporting;

/// <summary>What a run prints: what was injected, how long recovery took, and each invariant.</summary>
public static class FaultReport
{
    private const int MostExamples = 5;

    /// <summary>A table in Markdown.</summary>
    public static string Recoveries(IEnumerable<Strike> strikes) =>
        string.Join(
            '\n',
            [
                "| Fault | times | ready again, p50 / max | an order paid then at its site, p50 / max |",
                "| --- | ---: | ---: | ---: |",
                .. strikes
                    .GroupBy(s => s.Fault)
                    .OrderBy(g => g.Key)
                    .Select(g => $"| {g.Key} | {g.Count()} | {Spread(g.Select(s => s.Ready))} | {Spread(g.Select(s => s.Order))} |"),
            ]
        );

    public static IEnumerable<string> Lines(IEnumerable<Invariant> invariants)
    {
        foreach (var invariant in invariants)
        {
            yield return invariant.Violations.Count == 0
                ? $"  holds     {invariant.Name} ({invariant.Checked:N0} checked)"
                : $"  VIOLATED  {invariant.Name}: {invariant.Violations.Count} times ({invariant.Checked:N0} checked)";
            foreach (var example in invariant.Violations.Take(MostExamples))
                yield return $"              {example}";
        }
    }

    private static string Spread(IEnumerable<TimeSpan?> measured)
    {
        var seconds = measured.OfType<TimeSpan>().Select(t => t.TotalSeconds).Order().ToList();
        return seconds.Count == 0 ? "not measured" : $"{seconds[seconds.Count / 2]:0.0} / {seconds[^1]:0.0} s";
    }
}
