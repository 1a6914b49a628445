using MPanel.Database.Websites;
using MPanel.NodeAgent.Contract;

namespace MPanel.Web.Pages.Websites;

/// <summary>What is said of websites, in an admin's words.</summary>
public static class WebsiteWords
{
    public static string Reason(string reason) =>
        reason switch
        {
            SuspensionReason.Unpaid => "Not paid",
            SuspensionReason.Abuse => "Abuse",
            SuspensionReason.Customer => "The customer's wish",
            _ => reason,
        };

    /// <summary>What is wrong with how it stands; null when it is as it shall be, or on its way there.</summary>
    public static string? Trouble(SiteStanding standing, string server) =>
        standing.Condition switch
        {
            "broken" => $"{server} could not bring it to its desired state: {standing.ConditionText}",
            "drifted" => $"What stands on {server} is not what was applied: {standing.ConditionText}",
            "ahead" =>
                $"{server} has a later state of it than this panel: {standing.ConditionText} Nothing is written there until somebody decides.",
            _ => null,
        };

    /// <param name="bytes">Of a file, or of what was sent.</param>
    public static string Size(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => $"{bytes / 1024.0:0.#} KiB",
            < 1024L * 1024 * 1024 => $"{bytes / (1024.0 * 1024):0.#} MiB",
            < 1024L * 1024 * 1024 * 1024 => $"{bytes / (1024.0 * 1024 * 1024):0.##} GiB",
            _ => $"{bytes / (1024.0 * 1024 * 1024 * 1024):0.##} TiB",
        };

    /// <summary>In days where it is whole days.</summary>
    public static string Span(TimeSpan span) =>
        span == TimeSpan.FromDays(1) ? "a day"
        : span.TotalHours % 24 == 0 ? $"{span.TotalDays:0} days"
        : $"{span.TotalHours:0.#} hours";
}
