using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Engine;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Jobs;

public sealed class DetailsModel(ListDatabase database, JobActions jobs) : PanelPage
{
    public JobRow Job { get; private set; } = null!;
    public IReadOnlyList<JobRow> Chain { get; private set; } = [];

    public string PayloadText => PrettyJson.Of(Job.Payload);
    public bool CanRetry => Job.State == "failed";
    public bool CanCancel => Chain.Any(s => s.State is "waiting" or "due" or "running" or "failed");

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Chain = await ChainSteps.OfStep(db, id);
        if (Chain.FirstOrDefault(s => s.Id == id) is not { } job)
            return NotFound();
        Job = job;
        return Page();
    }

    [Permission("jobs.manage")]
    public async Task<IActionResult> OnPostRetryAsync(long id) => await Answer(await jobs.Retry(Actor, id), done => done.Text);

    [Permission("jobs.manage")]
    public async Task<IActionResult> OnPostCancelAsync(long id) => await Answer(await jobs.Cancel(Actor, id), done => done.Text);
}
