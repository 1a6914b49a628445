using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Database.Refunds;
using MPanel.Jobs.Access;
using MPanel.Jobs.Disputes;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using MPanel.Jobs.Websites;
using MPanel.Web.Api;
using MPanel.Web.Api.Attention;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Attention;

/// <summary>Everything that needs a person, in one list. What is decided here is decided as on the page of the thing itself.</summary>
public sealed class IndexModel(
    ListDatabase database,
    CsvExports exports,
    AttentionReading attention,
    OrderActions orders,
    TaskActions tasks,
    JobActions jobs,
    SiteContentActions content,
    SiteMergeActions merging,
    DisputeActions disputes,
    StripeDashboard stripe
) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<AttentionRow> Rows { get; private set; } = [];
    public IReadOnlyList<PageTab> Tabs { get; private set; } = [];

    /// <summary>What can be done to many at once: only where one kind is shown.</summary>
    public IReadOnlyList<AttentionButton> Bulk { get; private set; } = [];

    /// <summary>Where evidence is handed in; null for what is no dispute, and where a simulator stands in for Stripe.</summary>
    public string? StripeLink(AttentionRow row) =>
        row.Code.StartsWith(AttentionKind.OfDispute, StringComparison.Ordinal) ? stripe.Dispute(row.Work) : null;

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

    public Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(AttentionReading.List);
        var seesCustomer = AttentionRules.SeesCustomer(User);
        return exports.Send(
            HttpContext,
            "attention",
            query,
            (db, slice) => attention.Rows(db, query, slice, User),
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
    }

    [Permission(Permissions.OrdersManage)]
    public Task<IActionResult> OnPostResumeAsync(string[] ids, string? only) => Decide(ids, only, r => Resume(r, false), "going on");

    [Permission(Permissions.OrdersManage)]
    public Task<IActionResult> OnPostAcceptAsync(string[] ids, string? only) => Decide(ids, only, r => Resume(r, true), "going on");

    [Permission(Permissions.OrdersManage)]
    public Task<IActionResult> OnPostDecideAsync(string? only) =>
        Decide([], only, text => text.Split(':') is [var reference, var decision] ? Accept(reference, decision) : NoDecision, "going on");

    [Permission(Permissions.ProvisioningRetry)]
    public Task<IActionResult> OnPostRetryTaskAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("task", tasks.Retry, task => task.Text), "tried again");

    [Permission(Permissions.ProvisioningRetry)]
    public Task<IActionResult> OnPostCancelTaskAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("task", tasks.Cancel, task => task.Text), "cancelled");

    [Permission(Permissions.JobsManage)]
    public Task<IActionResult> OnPostRetryJobAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("job", jobs.Retry, job => job.Text), "run again");

    [Permission(Permissions.JobsManage)]
    public Task<IActionResult> OnPostCancelJobAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("job", jobs.Cancel, job => job.Text), "cancelled");

    [Permission(Permissions.WebsitesManage)]
    public Task<IActionResult> OnPostContentBackAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("website", content.Back, site => site.Text), "back");

    [Permission(Permissions.WebsitesManage)]
    public Task<IActionResult> OnPostMergeNamesAsync(string[] ids, string? only) =>
        Decide(ids, only, Numbered("website", merging.Merge, site => site.Text), "merged");

    [Permission(Permissions.InvoicesManage)]
    public Task<IActionResult> OnPostSeenDisputeAsync(string? only) =>
        Decide(
            [],
            only,
            text =>
                text.Split(':') is [var id, var status]
                    ? Numbered("dispute", (actor, number) => disputes.See(actor, number, status), d => $"{d.StripeId} is noted.")(id)
                    : NoDecision,
            "noted"
        );

    [Permission(Permissions.InvoicesManage)]
    public Task<IActionResult> OnPostRefundWarnedAsync(string? only) =>
        Decide(
            [],
            only,
            Numbered(
                "warning",
                disputes.RefundWarned,
                refund =>
                    RefundState.CameToNothing(refund.Status)
                        ? $"The refund of {Money.Text(refund.Amount, refund.Currency)} came to nothing before."
                        : $"{Money.Text(refund.Amount, refund.Currency)} go back to the customer."
            ),
            "given back"
        );

    [Permission(Permissions.InvoicesManage)]
    public Task<IActionResult> OnPostDismissWarningAsync(string? only) =>
        Decide([], only, Numbered("warning", disputes.Dismiss, warning => $"{warning.StripeId} is dismissed."), "dismissed");

    private async Task<Decided?> Resume(string reference, bool acceptPrices) =>
        await orders.Resume(Actor, reference, acceptPrices) switch
        {
            Outcome<Unit>.Done => new Decided(new BulkItem(0, null), $"{reference} goes on where it stopped."),
            Outcome<Unit>.Missing => new Decided(new BulkItem(0, Refusal.State("not_found", $"There is no order {reference}."))),
            _ => new Decided(
                new BulkItem(0, Refusal.State("not_stopped", $"{reference} is not stopped. Somebody may have decided already."))
            ),
        };

    private static Task<Decided?> NoDecision => Task.FromResult<Decided?>(null);

    private async Task<Decided?> Accept(string reference, string decision) =>
        await orders.Accept(Actor, reference, decision) is Outcome<Unit>.Done
            ? new Decided(new BulkItem(0, null), $"{reference} goes on.")
            : new Decided(
                new BulkItem(0, Refusal.State("not_stopped", $"{reference} does not wait for this. Somebody may have decided already."))
            );

    /// <param name="what">Names the thing where there is none.</param>
    /// <param name="said">What was done, in a sentence.</param>
    /// <returns>What decides one thing; it returns null for what is no number.</returns>
    private Func<string, Task<Decided?>> Numbered<T>(string what, Func<Actor, long, Task<Outcome<T>>> decide, Func<T, string> said) =>
        async text =>
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return null;
            var outcome = await decide(Actor, id);
            return new Decided(BulkItem.Of(id, what, outcome), outcome is Outcome<T>.Done { Value: var value } ? said(value) : null);
        };

    /// <param name="only">The one whose own button was pressed, whatever else is ticked.</param>
    private async Task<IActionResult> Decide(string[] ids, string? only, Func<string, Task<Decided?>> decide, string done)
    {
        var back = ReadList(AttentionReading.List).Link(Request.Path);
        var chosen = only is null ? [.. ids.Distinct()] : new[] { only };
        var decided = new List<Decided>();
        if (chosen.Length <= BulkRequest.Most)
            foreach (var id in chosen)
                if (await decide(id) is { } one)
                    decided.Add(one);
        if (decided.Count == 0)
            return Refused($"Choose 1 to {BulkRequest.Most} of the list.", back);
        if (decided is [var single])
            return single.Item.Why is { } why ? Refused(why.Text, back) : Done(single.Said!, back);
        (Notice, Alert) = BulkSummary.Of([.. decided.Select(d => d.Item)], done);
        return LocalRedirect(back);
    }

    /// <param name="Said">What was done, in a sentence; null when nothing was.</param>
    private sealed record Decided(BulkItem Item, string? Said = null);
}
