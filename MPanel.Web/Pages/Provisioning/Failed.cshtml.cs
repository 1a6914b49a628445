using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Lists;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Provisioning;

/// <summary>Failed provisioning tasks and failed jobs in one list, to be mended together.</summary>
public sealed class FailedModel(ListDatabase database, TaskActions tasks, JobActions jobs) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<FailedWorkRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(FailedRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var filter = FailedRoutes.Filter(query, User);
        var slice = await FailedWork.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "failures", await FailedWork.Count(db, filter), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(FailedRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "failed",
            query,
            slice => FailedWork.Read(db, FailedRoutes.Filter(query, User), slice),
            ("What", r => r.What),
            ("Id", r => r.WorkId),
            ("Kind", r => r.Kind),
            ("About", r => r.Subject),
            ("Order", r => r.OrderReference),
            ("Server", r => r.Server),
            ("Attempts", r => r.Attempts),
            ("Error code", r => r.ErrorCode),
            ("Error", r => r.Error),
            ("Failed", r => r.FailedAt)
        );
        return new EmptyResult();
    }

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostRetryAsync(string[] ids) => Decide(ids, tasks.Retry, jobs.Retry, "tried again");

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostCancelAsync(string[] ids) => Decide(ids, tasks.Cancel, jobs.Cancel, "cancelled");

    private async Task<IActionResult> Decide(
        string[] ids,
        Func<Actor, long, Task<Outcome<DecidedTask>>> decideTask,
        Func<Actor, long, Task<Outcome<DecidedJob>>> decideJob,
        string done
    )
    {
        var back = ReadList(FailedRoutes.List).Link(Request.Path);
        var chosen = ids.Distinct().Select(WorkId.Parse).ToList();
        if (chosen.Count is 0 or > BulkRequest.Most || chosen.Contains(null))
            return Refused($"Choose 1 to {BulkRequest.Most} of the list.", back);
        var decisions = new List<BulkItem>();
        foreach (var work in chosen.OfType<WorkId>())
            decisions.Add(
                work.IsTask ? BulkItem.Of(work.Id, "task", await decideTask(Actor, work.Id))
                : May("jobs.manage") ? BulkItem.Of(work.Id, "job", await decideJob(Actor, work.Id))
                : new BulkItem(
                    work.Id,
                    Refusal.State("forbidden", $"Job {work.Id} is none of yours: your roles do not include managing jobs.")
                )
            );
        (Notice, Alert) = BulkSummary.Of(decisions, done);
        return LocalRedirect(back);
    }
}
