using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Provisioning;

public static class ProvisioningTabs
{
    public static IReadOnlyList<PageTab> Of(string current) =>
        [new("Overview", "/provisioning", current == "overview"), new("Tasks", "/provisioning/tasks", current == "tasks")];
}
