namespace MPanel.Web;

/// <summary>Settings of the release before that are no more. Ignored in silence, one of them would be believed to work still.</summary>
internal static class GoneSettings
{
    private static readonly Dictionary<string, string> Why = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Jobs:Walk"] = "each step of a chain is a job of its own",
        ["Jobs:SweepBatch"] = "the batch is fixed",
        ["Jobs:DispatchGrace"] = "work and its place in the queue are written together",
        ["Jobs:RedispatchAfter"] = "work and its place in the queue are written together",
        ["Jobs:ReportInterval"] = "Hangfire's dashboard lists the processes",
    };

    /// <exception cref="InvalidSettingException">One of them is set.</exception>
    public static void Refuse(IConfiguration configuration)
    {
        foreach (var (setting, why) in Why.Where(gone => configuration[gone.Key] is not null))
            throw new InvalidSettingException($"{setting} is set, and is gone since release 2: {why}. Remove it.");
    }
}
