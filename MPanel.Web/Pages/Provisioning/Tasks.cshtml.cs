using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Provisioning;

public sealed class TasksModel(ListDatabase database, IOptions<ProvisioningOptions> options) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<TaskFacts> Rows { get; private set; } = [];

    public string? WaitsFor(TaskFacts task) => WaitingFor.Of(task, options.Value.OfflineAfter);

    public async Task OnGetAsync()
    {
        var query = ReadList(TaskRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await TaskList.Read(db, TaskRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "tasks", await TaskList.Count(db, TaskRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(TaskRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "tasks",
            query,
            slice => TaskList.Read(db, TaskRoutes.Filter(query), slice),
            ("Task", t => t.Id),
            ("Type", t => t.Type),
            ("Action", t => t.Action),
            ("Domain", t => t.Domain),
            ("Plan", t => t.Plan),
            ("Status", t => t.Status),
            ("Order", t => t.OrderReference),
            ("Server", t => t.ServerName),
            ("Attempt", t => t.Attempt),
            ("Waits for", WaitsFor),
            ("Error code", t => t.LastErrorCode),
            ("Error", t => t.LastError),
            ("Created", t => t.CreatedAt),
            ("Finished", t => t.FinishedAt)
        );
        return new EmptyResult();
    }
}
