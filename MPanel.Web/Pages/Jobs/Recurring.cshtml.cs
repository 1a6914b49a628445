using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Jobs;

public sealed class RecurringModel(ListDatabase database, RecurringOverview recurring) : PanelPage
{
    public IReadOnlyList<RecurringView> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Rows = await recurring.Read(db);
        Tabs = JobTabs.Of("Recurring", await StateCounts.Read(db), May("provisioning.view"));
    }
}
