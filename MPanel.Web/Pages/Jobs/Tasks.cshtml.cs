using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Lists;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Jobs;

/// <summary>Provisioning tasks among the jobs, as an engine's dashboard shows them, on any engine: docs/decisions/0008.</summary>
public sealed class TasksModel(ListDatabase database, TaskActions tasks) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<TaskFacts> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];
    public IReadOnlyList<PageTab> States { get; private set; } = [];

    public bool CanDecide => May("provisioning.retry");

    public async Task<IActionResult> OnGetAsync()
    {
        if (!May("provisioning.view"))
            return Forbid();
        var query = ReadList(TaskRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await TaskList.Read(db, TaskRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "tasks", await TaskList.Count(db, TaskRoutes.Filter(query)), slice);
        var counts = await StateCounts.Read(db);
        Tabs = JobTabs.Of("Tasks", counts, tasks: true);
        States = JobTabs.TaskStates(query.Text("status"), counts);
        return Page();
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        if (!May("provisioning.view"))
            return Forbid();
        var query = ReadList(TaskRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "tasks",
            query,
            slice => TaskList.Read(db, TaskRoutes.Filter(query), slice),
            ("Task", t => t.Id),
            ("Name", Title),
            ("State", State),
            ("Order", t => t.OrderReference),
            ("Server", t => t.ServerName),
            ("Attempt", t => t.Attempt),
            ("Error code", t => t.LastErrorCode),
            ("Error", t => t.LastError),
            ("Created", t => t.CreatedAt),
            ("Finished", t => t.FinishedAt)
        );
        return new EmptyResult();
    }

    public static string Title(TaskFacts task) => TaskTwinWords.Title(task.Action, task.Type, task.Domain, task.OrderReference);

    public static string State(TaskFacts task) => TaskTwinWords.State(task.Status, task.ServerName);

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostRetryAsync(long[] ids) => Decide(ids, tasks.Retry, "tried again");

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostCancelAsync(long[] ids) => Decide(ids, tasks.Cancel, "cancelled");

    private async Task<IActionResult> Decide(long[] ids, Func<Actor, long, Task<Outcome<DecidedTask>>> decide, string done)
    {
        var back = ReadList(TaskRoutes.List).Link(Request.Path);
        if (!ModelState.IsValid || new BulkRequest(ids).Error is not null)
            return Refused($"Choose 1 to {BulkRequest.Most} of the list.", back);
        (Notice, Alert) = BulkSummary.Of(await BulkRequest.Each(ids, "task", id => decide(Actor, id)), done);
        return LocalRedirect(back);
    }
}
