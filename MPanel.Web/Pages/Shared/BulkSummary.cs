using MPanel.Web.Api;

namespace MPanel.Web.Pages.Shared;

/// <summary>What a bulk action did and what it left, for the notices after the redirect.</summary>
/// <param name="Notice">What was done; null where nothing was.</param>
/// <param name="Alert">What was refused, and why; null where nothing was.</param>
public sealed record BulkSummary(string? Notice, string? Alert)
{
    private const int ReasonsShown = 8;

    /// <param name="done">Such as <c>tried again</c>.</param>
    public static BulkSummary Of(IReadOnlyCollection<BulkItem> items, string done)
    {
        var refused = items.Where(i => i.Why is not null).ToList();
        var changed = items.Count - refused.Count;
        var notice =
            changed == 0 ? null
            : changed == 1 ? $"1 is {done}."
            : $"{changed} are {done}.";
        if (refused.Count == 0)
            return new BulkSummary(notice, null);
        var reasons = string.Join(" ", refused.Take(ReasonsShown).Select(r => r.Why!.Text));
        var more = refused.Count > ReasonsShown ? $" And {refused.Count - ReasonsShown} more." : "";
        return new BulkSummary(
            notice,
            $"{refused.Count} {(refused.Count == 1 ? "was" : "were")} left as {(refused.Count == 1 ? "it is" : "they are")}: {reasons}{more}"
        );
    }
}
