using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Engine;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Jobs;

public sealed class WorkersModel(ListDatabase database, IOptions<JobOptions> options) : PanelPage
{
    public IReadOnlyList<JobWorker> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];

    public bool NobodyWorks => !Rows.Any(w => w.Alive && w.Slots > 0);

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Rows = [.. await JobWorkers.Read(db, options.Value.ReportInterval)];
        Tabs = JobTabs.Of("Workers", await StateCounts.Read(db), May("provisioning.view"));
    }
}
