using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Payments;
using MPanel.Jobs.Access;
using MPanel.Jobs.Refunds;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Payments.Events;

/// <summary>An event of Stripe's: what came, what it did, and how often it was tried.</summary>
public sealed class DetailsModel(ListDatabase database, StripeDashboard stripe, StripeEventActions actions) : PanelPage
{
    public StripeEventListRow Event { get; private set; } = null!;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<StripeEventLook> Looks { get; private set; } = [];

    public string? StripeLink => stripe.Event(Event.EventId, Event.Livemode);

    public bool CanReplay => May(Permissions.InvoicesManage) && Event.State != StripeEventState.Received;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await StripeEventList.One(db, id) is not { } found)
            return NotFound();
        Event = found;
        Looks = await StripeEventList.Looks(db, id);
        return Page();
    }

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostReplayAsync(long id) =>
        await Answer(await actions.Replay(Actor, id), _ => "Stripe is asked again. This page says what came of it.");
}
