namespace MPanel.Faults.Failover;

/// <param name="Unnoticed">From the kill until somebody asked for the promotion.</param>
/// <param name="Rewound">By pg_rewind; otherwise by a new base backup.</param>
/// <param name="Rejoined">Until the old primary was the synchronous standby.</param>
/// <param name="Back">From the return of a standby that was gone until an order was acknowledged.</param>
internal sealed record FailoverRound(TimeSpan Unnoticed, RecoveryTimes Times, bool Rewound, TimeSpan Rejoined, TimeSpan Back);

internal static class FailoverReport
{
    /// <summary>A table in Markdown.</summary>
    public static string Table(IReadOnlyCollection<FailoverRound> rounds, IEnumerable<TimeSpan> refused) =>
        string.Join(
            '\n',
            [
                "| Database failover | times | p50 / max |",
                "| --- | ---: | ---: |",
                Row("promotion to /readyz of every program", rounds.Select(r => r.Times.Ready)),
                Row("promotion to a heartbeat of every agent", rounds.Select(r => r.Times.Agents)),
                Row("promotion to the first order acknowledged", rounds.Select(r => r.Times.Acknowledged)),
                Row("promotion to its chain finished", rounds.Select(r => r.Times.Finished)),
                Row("promotion to its site answering", rounds.Select(r => r.Times.Site)),
                Row("old primary rejoined by pg_rewind", rounds.Where(r => r.Rewound).Select(r => (TimeSpan?)r.Rejoined)),
                Row("old primary rejoined by a base backup", rounds.Where(r => !r.Rewound).Select(r => (TimeSpan?)r.Rejoined)),
                Row("standby gone: an order refused with 503 after", refused.Select(t => (TimeSpan?)t)),
                Row("standby back: that order acknowledged after", rounds.Select(r => (TimeSpan?)r.Back)),
            ]
        );

    private static string Row(string what, IEnumerable<TimeSpan?> measured)
    {
        var seconds = measured.OfType<TimeSpan>().Select(t => t.TotalSeconds).Order().ToList();
        var spread = seconds.Count == 0 ? "" : $"{seconds[seconds.Count / 2]:0.0} / {seconds[^1]:0.0} s";
        return $"| {what} | {seconds.Count} | {spread} |";
    }
}
