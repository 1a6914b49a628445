namespace MPanel.Jobs.Engine;

/// <param name="Kind">Of the one step each occurrence runs; unique among recurring steps.</param>
/// <param name="Does">A sentence for people.</param>
/// <param name="Cron">Five fields, as in crontab: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>.</param>
public sealed record RecurringStep(string Kind, string Cron, string Does, string TimeZone = "Etc/UTC");
