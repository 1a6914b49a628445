using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Lists;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Jobs;

public sealed class IndexModel(ListDatabase database, StepCatalogue catalogue, JobActions jobs) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<JobRow> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];
    public IReadOnlyList<PageTab> States { get; private set; } = [];

    /// <summary>The rows can be chosen: something can be done to those in this tab.</summary>
    public bool CanChoose =>
        May("jobs.manage") && List.Query.Text("state") is ("failed" or "enqueued" or "scheduled" or "waiting" or "due");

    public bool CanRetry => List.Query.Text("state") == "failed";

    public async Task OnGetAsync()
    {
        var query = ReadList(JobRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var filter = JobRoutes.Filter(query, catalogue);
        var slice = await ListSteps.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "jobs", await ListSteps.Count(db, filter), slice);
        var counts = await StateCounts.Read(db);
        Tabs = JobTabs.Of("Jobs", counts, May("provisioning.view"));
        States = JobTabs.States(query.Text("state"), counts, May("provisioning.view"));
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(JobRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "jobs",
            query,
            slice => ListSteps.Read(db, JobRoutes.Filter(query, catalogue), slice),
            ("Job", j => j.Id),
            ("Kind", j => j.Kind),
            ("About", j => j.Subject),
            ("State", j => j.State),
            ("Verdict", j => j.Verdict),
            ("Attempt", j => j.Attempt),
            ("Runs at", j => j.RunAt),
            ("Error code", j => j.LastErrorCode),
            ("Error", j => j.LastError),
            ("Correlation id", j => j.CorrelationId),
            ("Created", j => j.CreatedAt),
            ("Finished", j => j.FinishedAt)
        );
        return new EmptyResult();
    }

    [Permission("jobs.manage")]
    public Task<IActionResult> OnPostRetryAsync(long[] ids) => Decide(ids, jobs.Retry, "run again");

    [Permission("jobs.manage")]
    public Task<IActionResult> OnPostCancelAsync(long[] ids) => Decide(ids, jobs.Cancel, "cancelled");

    private async Task<IActionResult> Decide(long[] ids, Func<Actor, long, Task<Outcome<DecidedJob>>> decide, string done)
    {
        var back = ReadList(JobRoutes.List).Link(Request.Path);
        if (!ModelState.IsValid || new BulkRequest(ids).Error is not null)
            return Refused($"Choose 1 to {BulkRequest.Most} of the list.", back);
        (Notice, Alert) = BulkSummary.Of(await BulkRequest.Each(ids, "job", id => decide(Actor, id)), done);
        return LocalRedirect(back);
    }
}
