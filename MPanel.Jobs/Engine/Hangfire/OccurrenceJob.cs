using Hangfire;
using Hangfire.Common;
using Hangfire.Server;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Starts an occurrence of the recurring job of that kind.</summary>
internal sealed class OccurrenceJob(Occurrences occurrences, TimeProvider time)
{
    /// <param name="context">Filled in by Hangfire.</param>
    [OccurrenceName]
    public async Task Run(string kind, PerformContext? context)
    {
        // Hangfire tells when it noticed, not for when it was scheduled; schedules are in whole minutes.
        var noticed = context!.GetJobParameter<long?>("Time") is { } timestamp
            ? JobHelper.FromTimestamp(timestamp)
            : time.GetUtcNow().UtcDateTime;
        var minute = noticed.Ticks - noticed.Ticks % TimeSpan.TicksPerMinute;
        await occurrences.Start(kind, new DateTimeOffset(minute, TimeSpan.Zero), CancellationToken.None);
    }
}
