using System.Globalization;

namespace MPanel.Faults.Load;

internal static class LoadReport
{
    /// <summary>A table in Markdown.</summary>
    public static string Resources(IEnumerable<Trend> trends) =>
        string.Join(
            '\n',
            [
                "| Of the steady load | mean | most | rise of the fitted line | allowed | |",
                "| --- | ---: | ---: | ---: | ---: | --- |",
                .. trends.Select(t =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {t.Name} | {t.Mean:0} | {t.Most:0} | {t.Growth:+0.0;-0.0} | {t.Allowed:0.0} | {(t.Grew ? "GREW" : "")} |"
                    )
                ),
            ]
        );

    public static string Intake(IEnumerable<(string Part, IReadOnlyCollection<Arrival> Arrivals, TimeSpan Length)> parts) =>
        string.Join(
            '\n',
            [
                "| Intake | orders/s due | acknowledged/s | shed | not sent | unanswered | p50 | p99 of the acknowledged | p99 of the shed |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
                .. parts.Select(p =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {p.Part} | {p.Arrivals.Count / p.Length.TotalSeconds:0} | {p.Arrivals.Count(a => a.Acknowledged) / p.Length.TotalSeconds:0} | {p.Arrivals.Count(a => a.Shed)} | {p.Arrivals.Count(a => a.Status == -1)} | {p.Arrivals.Count(a => a.Status == 0)} | {Percentile(p.Arrivals.Where(a => a.Acknowledged), 0.5):0} ms | {Percentile(p.Arrivals.Where(a => a.Acknowledged), 0.99):0} ms | {Percentile(p.Arrivals.Where(a => a.Shed), 0.99):0} ms |"
                    )
                ),
            ]
        );

    /// <summary>Milliseconds; 0 of none.</summary>
    public static double Percentile(IEnumerable<Arrival> arrivals, double share)
    {
        var sorted = arrivals.Select(a => a.Milliseconds).Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    }
}
