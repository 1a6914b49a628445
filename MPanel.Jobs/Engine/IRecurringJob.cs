namespace MPanel.Jobs.Engine;

/// <summary>
/// Something that Hangfire starts by the clock. It may be started twice at once, late, or not at all: it asks what is due by now, never
/// what belongs to this hour.
/// </summary>
public interface IRecurringJob
{
    /// <summary>Unique over all of them, such as <c>jobs.prune</c>.</summary>
    string Id { get; }

    /// <summary>Five fields in UTC, as in crontab: minute, hour, day of month, month, day of week.</summary>
    string Cron { get; }

    /// <summary>A sentence for people.</summary>
    string Does { get; }

    /// <returns>One line for people: what was done.</returns>
    /// <exception cref="Exception">It is tried again some minutes later, and shown as failed in the end.</exception>
    Task<string> Run(CancellationToken cancellationToken);
}
