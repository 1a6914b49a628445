using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Jobs;

public sealed class DetailsModel(ListDatabase database, JobDecisions jobs) : PanelPage
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
    public async Task<IActionResult> OnPostRetryAsync(long id) => Answer(await jobs.Retry(HttpContext, id));

    [Permission("jobs.manage")]
    public async Task<IActionResult> OnPostCancelAsync(long id) => Answer(await jobs.Cancel(HttpContext, id));

    private IActionResult Answer(JobDecisions.Outcome outcome) =>
        outcome.Decision.Code == "not_found" ? NotFound()
        : outcome.Decision.Refused ? Refused(outcome.Decision.Text)
        : Done(outcome.Decision.Text);
}
