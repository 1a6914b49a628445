using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Disputes;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Orders;

/// <summary>The way of the money of one order, and what people decide on it.</summary>
public sealed class DetailsModel(
    ListDatabase database,
    TraceReading reading,
    OrderActions actions,
    OrderCancellation cancellation,
    TaskActions tasks,
    JobActions jobs
) : PanelPage
{
    public TraceView View { get; private set; } = null!;
    public NoteForm Form { get; private set; } = NoteForm.Empty;

    /// <summary>What the customer's bank says against the payment.</summary>
    public IReadOnlyList<DisputeRow> Disputes { get; private set; } = [];

    /// <summary>What ends when the order is cancelled; null when it is over, or whoever looks may not.</summary>
    public CancelPreview? Ends { get; private set; }

    /// <summary>Names the form: sent twice, it is one cancellation.</summary>
    public Guid RequestId { get; } = Guid.NewGuid();

    /// <summary>What goes back unless less is asked for, major units; 0 where nothing can, or whoever looks may not.</summary>
    public decimal Refundable => Ends?.Payment is { Disputed: false, Rest: var rest } && May(Permissions.InvoicesManage) ? rest : 0;

    public async Task<IActionResult> OnGetAsync(string reference) => await Read(reference) ? Page() : NotFound();

    /// <summary>The live part alone; nothing (204) while it is what the page shows already.</summary>
    public async Task<IActionResult> OnGetTraceAsync(string reference, string? seen)
    {
        if (!await Read(reference))
            return NotFound();
        return View.Fingerprint == seen ? new StatusCodeResult(StatusCodes.Status204NoContent) : Partial("_Trace", this);
    }

    [Permission(Permissions.OrdersManage)]
    public Task<IActionResult> OnPostResumeAsync(string reference) => Resume(reference, acceptPrices: false);

    [Permission(Permissions.OrdersManage)]
    public Task<IActionResult> OnPostAcceptAsync(string reference) => Resume(reference, acceptPrices: true);

    /// <summary>It goes on although it stopped.</summary>
    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostDecideAsync(string reference, string? decision)
    {
        var outcome = await actions.Accept(Actor, reference, decision);
        return outcome is Outcome<Unit>.Refused { Why.Kind: RefusalKind.State }
            ? Refused($"{reference} does not wait for this decision any more. Somebody may have decided already.")
            : await Answer(outcome, _ => OrderWords.Consequence(decision!));
    }

    /// <summary>What was written about what is owed, when it was not kept; null when nothing was wrong.</summary>
    public string? CloseFault { get; private set; }
    public string? Owed { get; private set; }

    /// <summary>Nothing further is done for it, and what is owed is written down.</summary>
    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostCloseAsync(string reference, string? owed)
    {
        if (!await Read(reference))
            return NotFound();
        var outcome = await actions.Close(Actor, reference, owed);
        if (outcome is not Outcome<Unit>.Refused { Why: { Kind: RefusalKind.Invalid, Text: var text } })
            return await Answer(outcome, _ => $"{reference} is closed. No money was moved.");
        (Owed, CloseFault) = (owed, text);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    /// <summary>It ends with all that it brought, and its money goes back.</summary>
    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostCancelAsync(
        string reference,
        Guid requestId,
        string? reason,
        bool refund,
        decimal? amount,
        bool keepWebsites
    ) =>
        requestId == Guid.Empty || (refund && amount is null)
            ? Refused("Say how much is to go back.")
            : await Answer(
                await cancellation.Cancel(
                    Actor,
                    reference,
                    new CancelWish(requestId, reason, refund, refund ? amount : null, keepWebsites)
                ),
                done => done.Text
            );

    /// <summary>Nothing further is done for it. What was done stays.</summary>
    [Permission(Permissions.JobsManage)]
    public async Task<IActionResult> OnPostGiveUpAsync(string reference)
    {
        if (!await Read(reference))
            return NotFound();
        if (View.StoppedAt is not { } step)
            return Refused($"{reference} is not stopped. Somebody may have decided already.");
        return await Answer(await jobs.Cancel(Actor, step), _ => $"{reference} is given up.");
    }

    [Permission(Permissions.ProvisioningRetry)]
    public async Task<IActionResult> OnPostRetryAsync(string reference, long task)
    {
        if (!await Read(reference) || View.Trace.Tasks.All(t => t.Id != task))
            return NotFound();
        var outcome = await tasks.Retry(Actor, task);
        return outcome is Outcome<DecidedTask>.Refused { Why.Text: var text }
            ? Refused($"{text} Somebody may have done it already.")
            : await Answer(outcome, done => done.Text);
    }

    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostNoteAsync(string reference, NoteForm form)
    {
        if (!await Read(reference))
            return NotFound();
        Form = form.Checked(View.Body.Total, View.Body.Currency);
        if (Form.Errors.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return Page();
        }
        return await actions.AddNote(Actor, reference, Form.Request) switch
        {
            Outcome<KeptNote>.Done { Value.Repeated: false } => Done("The note was kept. It moved no money and changed no state."),
            Outcome<KeptNote>.Done => Done("This note was kept before. Nothing was added."),
            Outcome<KeptNote>.Refused { Why.Code: OrderActions.RefundAlreadyNoted } => Refused(
                $"{Form.Request.RefundReference} is noted already. Nothing was added."
            ),
            _ => Refused("Another note was sent by the same form. Nothing was added; write it again on this page."),
        };
    }

    private async Task<IActionResult> Resume(string reference, bool acceptPrices)
    {
        var outcome = await actions.Resume(Actor, reference, acceptPrices);
        return outcome is Outcome<Unit>.Refused
            ? Refused($"{reference} is not stopped, so there is nothing to resume. Somebody may have done it already.")
            : await Answer(
                outcome,
                _ => acceptPrices ? "The prices are accepted, and the order goes on." : "The order goes on where it stopped."
            );
    }

    private async Task<bool> Read(string reference)
    {
        if (await reading.Of(reference, HttpContext.RequestAborted) is not { } view)
            return false;
        View = view;
        await using var db = await database.Open(HttpContext.RequestAborted);
        Disputes = await DisputeList.Of(db, new DisputeFilter(Order: reference));
        if (May(Permissions.OrdersManage))
            Ends = await OrderCancellation.Preview(db, reference);
        return true;
    }
}
