using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Web.Api;
using MPanel.Web.Api.Attention;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Api.Orders;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Lists;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Attention;

/// <summary>Everything that needs a person, in one list. What is decided here is decided as on the page of the thing itself.</summary>
public sealed class IndexModel(
    ListDatabase database,
    AttentionReading attention,
    OrderDecisions orders,
    TaskDecisions tasks,
    JobDecisions jobs
) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<AttentionRow> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];

    /// <summary>What can be done to many at once: only where one kind is shown.</summary>
    public IReadOnlyList<AttentionButton> Bulk { get; private set; } = [];

    public IReadOnlyList<AttentionButton> Buttons(AttentionRow row) =>
        [.. AttentionRules.Actions(row, May).Select(action => AttentionButton.Of(row, action))];

    public async Task OnGetAsync()
    {
        var query = ReadList(AttentionReading.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var read = await attention.Read(db, query, User);
        Rows = read.Slice.Rows;
        List = ListView.Of(query, Request.Path, "things", read.Total, read.Slice);
        Tabs = AttentionTabs.Of(query, Request.Path, read.Counts, AttentionRules.Visible(User));
        Bulk = Rows.Count == 0 ? [] : AttentionButton.ForMany(query.Text("kind"), May);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(AttentionReading.List);
        var seesCustomer = AttentionRules.SeesCustomer(User);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "attention",
            query,
            slice => attention.Rows(db, query, slice, User),
            [
                new("Kind", r => r.Kind),
                new("What", AttentionWords.Title),
                new("About", r => r.Subject),
                new("Order", r => r.OrderReference),
                new("Customer", r => seesCustomer ? r.Customer : null),
                new("Server", r => r.Server),
                new("Code", r => r.Code),
                new("Reason", AttentionWords.Reason),
                new("Since", r => r.Since),
            ]
        );
        return new EmptyResult();
    }

    [Permission("orders.manage")]
    public Task<IActionResult> OnPostResumeAsync(string[] ids, string? only) => Decide(ids, only, r => Resume(r, false), "going on");

    [Permission("orders.manage")]
    public Task<IActionResult> OnPostAcceptAsync(string[] ids, string? only) => Decide(ids, only, r => Resume(r, true), "going on");

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostRetryTaskAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered(id => tasks.Retry(HttpContext, id)), "tried again");

    [Permission("provisioning.retry")]
    public Task<IActionResult> OnPostCancelTaskAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered(id => tasks.Cancel(HttpContext, id)), "cancelled");

    [Permission("jobs.manage")]
    public Task<IActionResult> OnPostRetryJobAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered(async id => (await jobs.Retry(HttpContext, id)).Decision), "run again");

    [Permission("jobs.manage")]
    public Task<IActionResult> OnPostCancelJobAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered(async id => (await jobs.Cancel(HttpContext, id)).Decision), "cancelled");

    private async Task<Decision?> Resume(string reference, bool acceptPrices) =>
        await orders.Resume(HttpContext, reference, acceptPrices) switch
        {
            Decided.Done => Decision.Done(0, "processing", $"{reference} goes on where it stopped."),
            Decided.NotFound => Decision.Refuse(0, "not_found", $"There is no order {reference}."),
            _ => Decision.Refuse(0, "not_stopped", $"{reference} is not stopped. Somebody may have decided already."),
        };

    /// <returns>Null for what is no number.</returns>
    private static Func<string, Task<Decision?>> Numbered(Func<long, Task<Decision>> decide) =>
        async text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await decide(id) : null;

    /// <param name="only">The one whose own button was pressed, whatever else is ticked.</param>
    private async Task<IActionResult> Decide(string[] ids, string? only, Func<string, Task<Decision?>> decide, string done)
    {
        var back = ReadList(AttentionReading.List).Link(Request.Path);
        var chosen = only is null ? [.. ids.Distinct()] : new[] { only };
        var decisions = new List<Decision>();
        if (chosen.Length <= BulkRequest.Most)
            foreach (var id in chosen)
                if (await decide(id) is { } decision)
                    decisions.Add(decision);
        if (decisions.Count == 0)
            return Refused($"Choose 1 to {BulkRequest.Most} of the list.", back);
        if (decisions is [var single])
            return single.Refused ? Refused(single.Text, back) : Done(single.Text, back);
        (Notice, Alert) = BulkSummary.Of(decisions, done);
        return LocalRedirect(back);
    }
}
