using MPanel.Database.Lists;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Provisioning;

public static class ProvisioningTabs
{
    /// <param name="failed">What the failed tab has; null where it was not counted.</param>
    public static IReadOnlyList<PageTab> Of(string current, ListTotal? failed = null) =>
        [
            new("Overview", "/provisioning", current == "overview"),
            new("Tasks", "/provisioning/tasks", current == "tasks"),
            new("Failed jobs", "/provisioning/failed", current == "failed", failed is null ? null : Text(failed)),
        ];

    public static string Text(ListTotal total) => total.Exact ? $"{total.Count:N0}" : $"{total.Count:N0}+";
}
