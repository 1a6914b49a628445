using MPanel.Web.Api;

namespace MPanel.Web.Pages.Shared;

/// <summary>What a bulk action did and what it left, for the notices after the redirect.</summary>
public static class BulkSummary
{
    private const int ReasonsShown = 8;

    /// <param name="done">Such as <c>tried again</c>.</param>
    /// <returns>A notice of what was done and an alert of what was refused; null where there is nothing to say.</returns>
    public static (string? Notice, string? Alert) Of(IReadOnlyCollection<BulkItem> items, string done)
    {
        var refused = items.Where(i => i.Why is not null).ToList();
        var changed = items.Count - refused.Count;
        var notice =
            changed == 0 ? null
            : changed == 1 ? $"1 is {done}."
            : $"{changed} are {done}.";
        if (refused.Count == 0)
            return (notice, null);
        var reasons = string.Join(" ", refused.Take(ReasonsShown).Select(r => r.Why!.Text));
        var more = refused.Count > ReasonsShown ? $" And {refused.Count - ReasonsShown} more." : "";
        return (
            notice,
            $"{refused.Count} {(refused.Count == 1 ? "was" : "were")} left as {(refused.Count == 1 ? "it is" : "they are")}: {reasons}{more}"
        );
    }
}
